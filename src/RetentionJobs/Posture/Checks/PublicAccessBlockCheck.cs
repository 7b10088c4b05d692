using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>The public access block of a bucket, together with that of its account.</summary>
internal sealed class PublicAccessBlockCheck : IPostureCheck
{
    public string Kind => "pab";

    public Judgement Judge(JsonElement document, PostureContext context)
    {
        var absence = document.AbsenceOf();
        var isThere = context.HasPublicAccessBlock && absence is not Absence.Unsupported;
        var block = isThere ? PublicAccessBlock.Read(context.Document("account_pab")) | (absence is Absence.None ? PublicAccessBlock.Read(document) : default) : default;
        List<string> findings = !isThere ? ["pab-unsupported"]
            : block.IsComplete(context) ? []
            : absence is Absence.Unknown or Absence.NoBucket ? ["pab-unknown"]
            : [block.IsOff ? "pab-missing" : "pab-partial"];

        var policy = BesideDocuments.Policy(context);
        var acl = BesideDocuments.Acl(context);
        var (policyCounts, aclCounts) = (policy.Public, acl.Public && !block.IgnorePublicAcls);
        if (policy.Public && block.RestrictPublicBuckets)
        {
            policyCounts = context.StrangerWasLetIn; // what a stranger gets wins over what is configured
            findings.Add(policyCounts ? "pab-not-enforced" : "policy-masked");
        }

        if (acl.Public && block.IgnorePublicAcls && !policy.Public && context.StrangerWasLetIn) { aclCounts = true; findings.Add("pab-not-enforced"); }
        return Judgement.Of(
            policyCounts || aclCounts,
            [.. findings, .. policyCounts ? policy.Findings.Where(PostureRules.IsPublic) : [], .. aclCounts ? acl.Findings : []]);
    }
}
