using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>Where copies go, who owns them, and whether they ever end.</summary>
internal sealed class ReplicationCheck : IPostureCheck
{
    public string Kind => "replication";

    public Judgement Judge(JsonElement document, PostureContext context) => Judgement.Private(document.AbsenceOf() switch
    {
        Absence.NotConfigured or Absence.Unsupported => [],
        not Absence.None => ["replication-unknown"],
        _ => document.Unwrap("ReplicationConfiguration").Find("Rules", "Rule").Each("Rule").SelectMany(rule => OfRule(rule, context)),
    });

    private static IEnumerable<string> OfRule(JsonElement rule, PostureContext context)
    {
        var destination = rule.Find("Destination");
        var bucket = (destination.Find("Bucket").AsText() ?? "").Split(":::")[^1];
        var region = context.RegionOf(bucket);
        var isAway = region is not null && context.IsAllowedRegion(region) is false;
        if (rule.Find("Status").AsText() != "Enabled")
        {
            if (isAway) { yield return "replicas-remain-out-of-region"; }
            yield break;
        }

        if (region is null) { yield return "replica-region-unknown"; }
        else if (isAway) { yield return "replicates-out-of-region"; }

        if (destination.Find("Account").AsText() is { Length: > 0 } account && account != context.Account)
        {
            if (!context.Trusts(account)) { yield return "replicates-cross-account"; }
            if (destination.Find("AccessControlTranslation").Find("Owner").AsText() == "Destination") { yield return "replica-ownership-transferred"; }
        }

        if (region is not null && context.MaximumDays is { } most && context.Document("destination_lifecycle_days") is { ValueKind: JsonValueKind.Object } days && !(days.Find(bucket).AsNumber() <= most)) { yield return "replica-never-expires"; }
    }
}
