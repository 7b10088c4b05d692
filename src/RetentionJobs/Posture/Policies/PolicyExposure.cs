using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>Whom a bucket policy lets in.</summary>
/// <remarks>Source: Amazon S3 User Guide, "The meaning of public", and what other servers do differently.</remarks>
internal static class PolicyExposure
{
    public static Judgement Judge(JsonElement document, PostureContext context) =>
        document.AbsenceOf() is Absence.Unsupported ? Judgement.Private(["policy-unsupported"]) : Judge(PolicyDocument.Of(document), context);

    public static Judgement Judge(PolicyDocument policy, PostureContext context)
    {
        if (!policy.Readable) { return Judgement.Private(["policy-unknown"]); }
        if (context.IsAccessPoint && (context.Text("network_origin") == "VPC" || context.Flag("bucket_delegates") is false)) { return Judgement.Private([]); }

        var denies = policy.Statements.Where(statement => !statement.Allows).ToList();
        var found = policy.Statements.Where(statement => statement.Allows).Select(statement => OfAllow(statement, denies, context)).ToList();
        if (denies.Any(deny => IsUnconditional(deny, context) && !deny.ExceptPrincipals && deny.ReachesEverybody(context) && deny.NamesAllActions)) { found.Add(new(false, ["policy-lockout"])); }
        if (context.IgnoresConditions && denies.Any(deny => deny.Conditions.Count > 0)) { found.Add(new(false, ["condition-ignored"])); }
        return Judgement.Of(found.Any(each => each.Public), found.SelectMany(each => each.Findings));
    }

    private static Judgement OfAllow(PolicyStatement allow, List<PolicyStatement> denies, PostureContext context)
    {
        var conditions = context.IgnoresConditions ? [] : allow.Conditions;
        var bounds = conditions.Select(condition => (Condition: condition, Bound: condition.Bounds(context))).ToList();
        var fixedSets = bounds.Where(each => each.Bound is Bound.Fixed).Select(each => each.Condition).ToList();
        var findings = new List<string>();
        if (context.IgnoresConditions && allow.Conditions.Count > 0) { findings.Add("condition-ignored"); }
        if (!allow.ExceptPrincipals) { findings.AddRange(allow.Principals.SelectMany(principal => OfNamed(principal, fixedSets, context))); }
        if (allow.ExceptPrincipals) { findings.Add("notprincipal-allow"); }
        if (!allow.ReachesEverybody(context)) { return Judgement.Private(findings); }

        if (fixedSets.Count > 0)
        {
            if (fixedSets.Any(set => set.IsAccessPoint)) { findings.Add("access-point-delegation"); }
            if (fixedSets.TrueForAll(set => set.IsForeign(context))) { findings.Add("cross-account"); }
            return Judgement.Private(findings);
        }

        var granted = Granted(allow, context);
        var open = granted.Where(each => !denies.Exists(deny => Closes(deny, each, context))).ToList();
        if (granted.Count > 0 && open.Count == 0)
        {
            findings.Add("deny-masked");
            if (granted.Exists(each => denies.Exists(deny => Closes(deny, each, context) && IsUnconditional(deny, context) && !deny.ExceptPrincipals))) { findings.Add("policy-lockout"); }
            return Judgement.Private(findings);
        }

        findings.AddRange(open.Select(each => each.Action.Finding));
        findings.AddRange(bounds.Select(each => RuleOf(each.Bound)));
        return Judgement.Of(allow.Actions.Count > 0 && IsAboutThisBucket(allow, context), findings);
    }

    private static IEnumerable<string> OfNamed(PolicyPrincipal principal, List<PolicyCondition> fixedSets, PostureContext context)
    {
        var isOurs = fixedSets.Exists(set => !set.IsForeign(context) && set.Key is PolicyCondition.PrincipalOrganization or "aws:principalorgpaths" or "aws:principalaccount");
        var isForOurs = fixedSets.Exists(set => set.Key is "aws:sourceaccount" or "aws:sourcearn" or "aws:sourceowner" or "aws:sourceorgid");
        return principal.Kind(context) switch
        {
            PrincipalKind.Foreign when !isOurs => ["cross-account"],
            PrincipalKind.LeftBehind => ["orphan-principal"],
            PrincipalKind.Service when !isForOurs => ["service-confused-deputy"],
            PrincipalKind.CdnService => isForOurs ? ["cdn-origin-access"] : ["cdn-origin-access", "service-confused-deputy"],
            PrincipalKind.CdnIdentity => ["cdn-origin-access"],
            _ => [],
        };
    }

    /// <summary>Each action that a statement is about, with each resource that it is about; an action on the wrong kind of resource is not there.</summary>
    private static List<Grant> Granted(PolicyStatement allow, PostureContext context)
    {
        var (bucket, objects) = (PolicyResources.Of(allow, context, ofBucket: true), PolicyResources.Of(allow, context, ofBucket: false));
        return [.. PolicyActions.All.Where(action => allow.Names(action.Name)).SelectMany(action => (action.OfBucket ? bucket : objects).Select(resource => new Grant(action, resource)))];
    }

    private static bool IsAboutThisBucket(PolicyStatement allow, PostureContext context) =>
        PolicyResources.Of(allow, context, ofBucket: true).Count > 0 || PolicyResources.Of(allow, context, ofBucket: false).Count > 0;

    /// <summary>Whether a denial leaves nobody but a fixed set.</summary>
    private static bool Closes(PolicyStatement deny, Grant grant, PostureContext context) =>
        (deny.ExceptPrincipals ? deny.Principals.All(principal => principal.Kind(context) is not PrincipalKind.Everybody) : deny.ReachesEverybody(context))
        && deny.Names(grant.Action.Name) && PolicyResources.Covers(deny, context, grant.Resource)
        && (context.IgnoresConditions || deny.Conditions.All(condition => condition.SparesFixedSet(context)));

    private static bool IsUnconditional(PolicyStatement statement, PostureContext context) => statement.Conditions.Count == 0 || context.IgnoresConditions;

    private static string RuleOf(Bound bound) => bound switch
    {
        Bound.Wildcard => "wildcard-condition",
        Bound.BroadRange => "broad-ip",
        Bound.SpoofableRange => "spoofable-source-ip",
        _ => "weak-condition",
    };

    private sealed record Grant(PolicyAction Action, string Resource);
}
