using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture.Checks;

namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>A bucket policy: whom it lets in, and whether it keeps out who comes without TLS.</summary>
internal sealed class PolicyCheck : IPostureCheck
{
    public string Kind => "policy";

    public Judgement Judge(JsonElement document, PostureContext context)
    {
        var policy = PolicyDocument.Of(document);
        var own = document.AbsenceOf() is Absence.Unsupported ? Judgement.Private(["policy-unsupported"]) : PolicyExposure.Judge(policy, context);
        var beside = BesideDocuments.Acl(context);
        var isMasked = BesideDocuments.RestrictsPolicies(context);
        return Judgement.Of(
            (own.Public && !isMasked) || beside.Public,
            [.. own.Findings.Where(finding => !isMasked || !PostureRules.IsPublic(finding)), .. beside.Findings, .. PolicyTls.IsEnforced(policy, context) is false ? ["tls-not-enforced"] : Array.Empty<string>()]);
    }
}
