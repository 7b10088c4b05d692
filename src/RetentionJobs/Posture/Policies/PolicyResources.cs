namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>What of a bucket, or of an access point, a statement is about.</summary>
internal static class PolicyResources
{
    /// <summary>The resources of this kind, without what stands before the bucket's name; of those that a statement leaves out, all that is left.</summary>
    /// <returns>Patterns; none: the statement is about nothing of this kind.</returns>
    public static IReadOnlyList<string> Of(PolicyStatement statement, PostureContext context, bool ofBucket)
    {
        var all = ofBucket ? context.Bucket : context.Bucket + "/*";
        if (statement.ExceptResources) { return statement.Resources.Select(r => Local(r, context)).Any(pattern => Glob.Covers(pattern, all)) ? [] : [all]; }

        return [.. statement.Resources.Select(r => Local(r, context)).Where(pattern => ofBucket ? Glob.Covers(pattern, all) : Glob.CanBeginWith(pattern, context.Bucket + "/"))
            .Select(pattern => Glob.Covers(pattern, all) ? all : pattern)];
    }

    /// <summary>Whether a statement that denies is about all of these resources.</summary>
    public static bool Covers(PolicyStatement deny, PostureContext context, string pattern) =>
        deny.Resources.Any(r => Glob.Covers(Local(r, context), pattern)) != deny.ExceptResources
        && (!deny.ExceptResources || deny.Resources.All(r => !Overlaps(Local(r, context), pattern)));

    /// <summary>Not whether they do, but whether they may: what a denial leaves out must surely be something else.</summary>
    private static bool Overlaps(string left, string right) => Glob.CanBeginWith(left, Fixed(right)) || Glob.CanBeginWith(right, Fixed(left));

    private static string Fixed(string pattern) => pattern.IndexOfAny(['*', '?']) is >= 0 and var at ? pattern[..at] : pattern;

    private static string Local(string resource, PostureContext context)
    {
        if (!resource.StartsWith("arn:", StringComparison.Ordinal) || resource.Split(':', 6) is not [_, _, _, _, _, var local]) { return resource; }
        if (!local.StartsWith("accesspoint/", StringComparison.Ordinal)) { return local; }

        var parts = local.Split('/', 4); // accesspoint / name / object / key
        return parts is [_, _, "object", var key] ? $"{context.Bucket}/{key}" : context.Bucket;
    }
}
