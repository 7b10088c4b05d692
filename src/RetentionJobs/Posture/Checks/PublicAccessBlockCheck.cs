using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>The public access block of a bucket, together with that of its account.</summary>
internal sealed class PublicAccessBlockCheck : IPostureCheck
{
    public string Kind => "pab";

    public Judgement Judge(JsonElement document, PostureContext context)
    {
        var absence = document.AbsenceOf();
        var block = PublicAccessBlock.Read(context.Document("account_pab")) | (absence is Absence.None ? PublicAccessBlock.Read(document) : default);
        var findings = new List<string>();
        if (absence is Absence.Unsupported || !context.HasPublicAccessBlock) { (block, findings) = (default, ["pab-unsupported"]); }
        else if (block.IsComplete(context)) { }
        else if (absence is Absence.Unknown or Absence.NoBucket) { findings.Add("pab-unknown"); }
        else { findings.Add(block.IsOff ? "pab-missing" : "pab-partial"); }

        var policy = BesideDocuments.Policy(context);
        var acl = context.Document("acl") is { ValueKind: not JsonValueKind.Undefined } list ? AclExposure.Judge(list, context) : Judgement.Private([]);
        var (policyCounts, aclCounts) = (policy.Public, acl.Public && !block.IgnorePublicAcls);
        if (policy.Public && block.RestrictPublicBuckets)
        {
            policyCounts = context.StrangerWasLetIn; // what a stranger gets wins over what is configured
            findings.Add(policyCounts ? "pab-not-enforced" : "policy-masked");
        }

        if (acl.Public && block.IgnorePublicAcls && !policy.Public && context.StrangerWasLetIn) { aclCounts = true; findings.Add("pab-not-enforced"); }
        return Judgement.Of(
            policyCounts || aclCounts,
            [.. findings, .. policyCounts ? policy.Findings.Where(PostureRules.IsPublic) : [], .. aclCounts ? acl.Findings.Where(PostureRules.IsPublic) : []]);
    }
}
