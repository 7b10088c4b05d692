using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>The bucket's own rules of deletion against what the organization promises: readable as long as it must be, and no byte left when it must be gone.</summary>
internal sealed class LifecycleCheck : IPostureCheck
{
    public string Kind => "lifecycle";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(document.AbsenceOf() switch
    {
        Absence.Unsupported => ["lifecycle-unsupported"],
        Absence.Unknown or Absence.NoBucket => ["lifecycle-unknown"],
        Absence.NotConfigured => OfRules([], context),
        _ => OfRules([.. LifecycleRule.Read(document, context)], context),
    });

    private static IEnumerable<string> OfRules(List<LifecycleRule> rules, PostureContext context)
    {
        var touching = rules.FindAll(rule => context.Prefixes.Any(rule.Touches));
        if (touching.Exists(rule => rule.ExpiresOn)) { yield return "date-expiration"; }
        if (touching.Exists(rule => rule.Days < context.MinimumDays)) { yield return "expires-before-retention"; }
        if (context.Flag("requires_instant_read") is true && touching.Exists(rule => rule.Archives)) { yield return "archive-unreadable"; }
        if (context.Flag("legal_hold_active") is true && touching.Exists(rule => rule.Expires) && context.Document("object_lock").IsNothing()) { yield return "legal-hold-conflict"; }
        if (context.Flag("require_mpu_abort") is true && !context.Prefixes.All(prefix => rules.Exists(rule => rule.AbortsUploads && !rule.IsFiltered && rule.IsAboutAllOf(prefix)))) { yield return "mpu-not-aborted"; }
        if (context.Text("deletion_by") == "application")
        {
            if (touching.Exists(rule => rule.Days < (context.MaximumDays ?? context.MinimumDays))) { yield return "lifecycle-races-application"; }
            yield break;
        }

        foreach (var finding in context.Prefixes.SelectMany(prefix => OfPrefix(prefix, rules, context))) { yield return finding; }
    }

    /// <summary>Whether everything below a prefix ends, and in time.</summary>
    private static List<string> OfPrefix(string prefix, List<LifecycleRule> rules, PostureContext context)
    {
        var covering = rules.FindAll(rule => !rule.IsFiltered && rule.IsAboutAllOf(prefix));
        if (!covering.Exists(rule => rule.Expires))
        {
            return [!rules.Exists(rule => rule.Expires) ? "never-expires" : rules.Exists(rule => rule.Expires && rule.IsAboutAllOf(prefix)) ? "filter-not-covering" : "prefix-not-covered"];
        }

        if (covering.Where(rule => rule.Days is not null).MinBy(rule => rule.Days) is not { Days: { } days } first) { return []; } // on a date

        var versioning = context.Text("versioning");
        var (keepsVersions, versions) = (versioning is "Enabled" or "Suspended" && !first.AllVersions, covering.Where(rule => !rule.KeepsNoncurrent).Min(rule => rule.NoncurrentDays));
        if (keepsVersions && versions is null) { return ["noncurrent-never-expires"]; }

        var gone = days + (keepsVersions && versioning == "Enabled" ? versions!.Value : 0);
        var findings = new List<string>();
        if (gone > context.MaximumDays) { findings.Add("retention-exceeded"); }
        if (ObjectLockCheck.DefaultDays(context.Document("object_lock")) > gone) { findings.Add("lock-blocks-expiry"); }
        return findings;
    }
}
