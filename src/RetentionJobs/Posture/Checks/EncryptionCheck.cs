using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture.Policies;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>How the provider encrypts what lies in the bucket, and with whose key. Recordings are sealed before they get there; this is what is beneath.</summary>
internal sealed class EncryptionCheck : IPostureCheck
{
    public string Kind => "encryption";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    private static IEnumerable<string> Findings(JsonElement document, PostureContext context)
    {
        switch (document.AbsenceOf())
        {
            case Absence.Unknown or Absence.NoBucket: return ["encryption-unknown"];
            case Absence.Unsupported: return ["encryption-unsupported"];
            case Absence.NotConfigured: return ["no-default-encryption"];
        }

        var rules = document.Unwrap("ServerSideEncryptionConfiguration").Find("Rules", "Rule").Each("Rule").ToList();
        var defaults = rules.Select(rule => rule.Find("ApplyServerSideEncryptionByDefault")).Where(applied => applied.Find("SSEAlgorithm").AsText() is { Length: > 0 }).ToList();
        return defaults.Count == 0 ? ["no-default-encryption"] : defaults.SelectMany(applied => OfDefault(applied, context));
    }

    private static List<string> OfDefault(JsonElement applied, PostureContext context)
    {
        var demanded = context.Text("require") ?? "any";
        if (!applied.Find("SSEAlgorithm").AsText()!.StartsWith("aws:kms", StringComparison.OrdinalIgnoreCase)) { return demanded is "kms" or "cmk" ? ["not-kms"] : []; }

        var key = applied.Find("KMSMasterKeyID").AsText() ?? "";
        if (key.Length == 0 || key.EndsWith("alias/aws/s3", StringComparison.Ordinal)) { return demanded == "cmk" ? ["provider-managed-key"] : []; }
        if (key.StartsWith("alias/", StringComparison.Ordinal) || key.Contains(":alias/", StringComparison.Ordinal)) { return ["kms-key-unresolved"]; }
        if (PolicyPrincipal.AccountOf(key) is not { } account) { return []; } // a bare id is a key of the bucket's own account and region

        var findings = new List<string>();
        if (context.IsAllowedRegion(key.Split(':')[3]) is false) { findings.Add("kms-key-other-region"); }
        if (context.Account is { } own && account != own) { findings.Add("kms-key-other-account"); }
        return findings;
    }
}
