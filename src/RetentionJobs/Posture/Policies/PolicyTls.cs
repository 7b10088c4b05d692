namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>Whether a bucket policy denies everybody everything that comes without TLS.</summary>
internal static class PolicyTls
{
    /// <returns><see langword="null"/>: the policy could not be read.</returns>
    public static bool? IsEnforced(PolicyDocument policy, PostureContext context)
    {
        if (!policy.Readable) { return null; }
        if (context.IsMinio || context.IgnoresConditions) { return false; } // one asks its policies about strangers only, the other reads no conditions

        var denies = policy.Statements.Where(statement => !statement.Allows && !statement.ExceptPrincipals && statement.ReachesEverybody(context)
            && statement.NamesAllActions && statement.Conditions is [var only] && only.HoldsWithoutTls(context)).ToList();
        return new[] { context.Bucket, context.Bucket + "/*" }.All(resource => denies.Exists(deny => PolicyResources.Covers(deny, context, resource)));
    }
}
