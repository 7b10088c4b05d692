using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Whether the bucket is served as a website. Elsewhere that shows only what is public anyway; Garage shows everything.</summary>
internal sealed class WebsiteCheck : IPostureCheck
{
    public string Kind => "website";

    public Judgement Judge(JsonElement document, PostureContext context)
    {
        var (policy, acl) = (BesideDocuments.PolicyInForce(context), BesideDocuments.Acl(context));
        var (isPublic, findings) = (policy.Public || acl.Public, new List<string>([.. policy.Findings, .. acl.Findings]));
        switch (document.AbsenceOf())
        {
            case Absence.None when !document.IsNothing():
                var website = document.Unwrap("WebsiteConfiguration");
                findings.Add("website-enabled");
                if (Redirects(website)) { findings.Add("website-redirect"); }
                if (context.IsGarage) { (isPublic, findings) = (true, [.. findings, PostureRules.PublicRead]); }
                break;
            case Absence.Unknown or Absence.NoBucket:
                findings.Add("website-unknown");
                break;
        }

        return Judgement.Of(isPublic, findings);
    }

    private static bool Redirects(JsonElement website) =>
        !website.Find("RedirectAllRequestsTo").IsNothing()
        || website.Find("RoutingRules", "RoutingRule").Each("RoutingRule").Any(rule => rule.Find("Redirect").Find("HostName").AsText() is { Length: > 0 });
}
