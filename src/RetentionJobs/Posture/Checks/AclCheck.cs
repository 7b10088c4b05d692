using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>The access control list of a bucket or of one object.</summary>
internal sealed class AclCheck : IPostureCheck
{
    public string Kind => "acl";

    public Judgement Judge(JsonElement document, PostureContext context)
    {
        var (own, beside) = (AclExposure.Judge(document, context), BesideDocuments.PolicyInForce(context));
        return Judgement.Of(own.Public || beside.Public, [.. own.Findings, .. beside.Findings]);
    }
}
