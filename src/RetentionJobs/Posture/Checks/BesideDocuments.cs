using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture.Policies;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>What the bucket's other documents, as far as they are known, add to a verdict: who else is let in, and what is not in force.</summary>
internal static class BesideDocuments
{
    /// <summary>What the ACL opens.</summary>
    public static Judgement Acl(PostureContext context) => OnlyPublic(context.Document("acl") is { ValueKind: not JsonValueKind.Undefined } acl ? AclExposure.Judge(acl, context) : Judgement.Private([]));

    /// <summary>What the policy opens.</summary>
    public static Judgement PolicyInForce(PostureContext context) => RestrictsPolicies(context) ? Judgement.Private([]) : OnlyPublic(Policy(context));

    /// <summary>What the policy would open were there no public access block.</summary>
    public static Judgement Policy(PostureContext context) => context.Document("policy") is { ValueKind: not JsonValueKind.Undefined } policy ? PolicyExposure.Judge(policy, context) : Judgement.Private([]);

    /// <summary>Whether no public policy is in force: by a block that a stranger's request does not disprove.</summary>
    public static bool RestrictsPolicies(PostureContext context) => context.HasPublicAccessBlock && Block(context).RestrictPublicBuckets && !context.StrangerWasLetIn;

    /// <summary>Whether no public ACL is in force.</summary>
    public static bool IgnoresAcls(PostureContext context) => AclsAreOff(context) || (context.HasPublicAccessBlock && Block(context).IgnorePublicAcls);

    /// <summary>Whether the bucket's owner owns every object, and no ACL is in force at all.</summary>
    public static bool AclsAreOff(PostureContext context) => Ownership(context.Document("ownership")) == "BucketOwnerEnforced" && context.HasPublicAccessBlock;

    public static PublicAccessBlock Block(PostureContext context) => PublicAccessBlock.Read(context.Document("pab")) | PublicAccessBlock.Read(context.Document("account_pab"));

    public static Judgement OnlyPublic(Judgement judgement) => judgement with { Findings = [.. judgement.Findings.Where(PostureRules.IsPublic)] };

    private static string? Ownership(JsonElement json) => json.AsText()
        ?? json.Unwrap("OwnershipControls").Find("Rules", "Rule").Each("Rule").Select(rule => rule.Find("ObjectOwnership").AsText()).FirstOrDefault();
}
