using System.Text.Json;
using SecureRecorder.RetentionJobs.Posture.Policies;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Which web pages may read the bucket's answers.</summary>
internal sealed class CorsCheck : IPostureCheck
{
    private const string Any = "*";

    private static readonly HashSet<string> Writing = new(StringComparer.OrdinalIgnoreCase) { "PUT", "POST", "DELETE" };

    public string Kind => "cors";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(Findings(document, context));

    private static IEnumerable<string> Findings(JsonElement document, PostureContext context) => document.AbsenceOf() switch
    {
        not Absence.None when context.IsMinio => ["cors-unverifiable"], // what counts is a setting of the server that cannot be read
        Absence.NotConfigured => [],
        Absence.Unsupported => ["cors-unsupported"],
        not Absence.None => ["cors-unknown"],
        _ => document.Unwrap("CORSConfiguration").Find("CORSRules", "CORSRule").Each("CORSRule").SelectMany(OfRule),
    };

    private static IEnumerable<string> OfRule(JsonElement rule)
    {
        var origins = Texts(rule.Find("AllowedOrigins", "AllowedOrigin")).ToList();
        foreach (var origin in origins)
        {
            if (origin == Any) { yield return "cors-any-origin"; continue; }
            if (origin.Equals("null", StringComparison.OrdinalIgnoreCase)) { yield return "cors-null-origin"; continue; }
            if (origin.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) { yield return "cors-insecure-origin"; }
            if (Glob.HasWildcard(origin)) { yield return "cors-wildcard-origin"; }
        }

        if (origins.Contains(Any) && Texts(rule.Find("AllowedMethods", "AllowedMethod")).Any(Writing.Contains)) { yield return "cors-write-methods"; }
    }

    private static IEnumerable<string> Texts(JsonElement json) => json.Each().Select(value => value.AsText()).OfType<string>();
}
