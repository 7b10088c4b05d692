using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Orphans;

/// <summary>Compares what lies in each location with what the catalogue knows: objects that belong to no recording, and recordings of which nothing is there. It deletes nothing.</summary>
public sealed class FindOrphans(CatalogueDb catalogue, KnownLocations locations, KeepFindings findings, JobReport report, TimeProvider clock) : IScheduledJob
{
    public const string Source = "orphans";
    public const string ObjectsWithoutRecording = "objects-without-recording";
    public const string RecordingWithoutObjects = "recording-without-objects";

    /// <summary>What is younger may be on its way.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    /// <summary>Findings of one kind in one location that are kept; of more it says how many.</summary>
    public const int Most = 1000;

    private const int Batch = 500;
    private static readonly SessionState[] Whole = [SessionState.Recorded, SessionState.Partial];

    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var location in locations.All)
        {
            var seen = await CompareAsync(location, cancellation);
            await findings.RunAsync(Source, location.Name, seen, cancellation);
            report.Did("location", "compared with the catalogue");
            report.Did("finding", "to decide on", seen.Count);
        }
    }

    /// <summary>Ids of sessions sort in the bucket as in the catalogue: both are read once, side by side.</summary>
    private async Task<List<SeenFinding>> CompareAsync(Location location, CancellationToken cancellation)
    {
        var (orphans, missing) = (new List<SeenFinding>(), new List<SeenFinding>());
        var (here, last) = (new List<StoredPrefix>(Batch), Guid.Empty);
        await foreach (var prefix in StoredPrefix.ListAsync(location.Store, cancellation))
        {
            here.Add(prefix);
            if (here.Count < Batch) { continue; }

            await CompareAsync(location, here, last, here[^1].Session, orphans, missing, cancellation);
            (last, here) = (here[^1].Session, new(Batch));
        }

        await CompareAsync(location, here, last, until: null, orphans, missing, cancellation);
        return [.. Bounded(orphans), .. Bounded(missing)];
    }

    private async Task CompareAsync(Location location, List<StoredPrefix> here, Guid after, Guid? until, List<SeenFinding> orphans, List<SeenFinding> missing, CancellationToken cancellation)
    {
        var (ids, settled) = (here.Select(prefix => prefix.Session).ToHashSet(), clock.GetUtcNow() - Settled);
        var known = await catalogue.Sessions.AsNoTracking().Where(s => ids.Contains(s.Id)).Select(s => new { s.Id, s.State, s.Location }).ToDictionaryAsync(s => s.Id, cancellation);
        var moved = await catalogue.MovedRecordings.AsNoTracking().Where(m => ids.Contains(m.Session)).Select(m => m.Session).ToListAsync(cancellation);
        foreach (var prefix in here.Where(prefix => prefix.Newest < settled && !moved.Contains(prefix.Session)))
        {
            var why = !known.TryGetValue(prefix.Session, out var session) ? "The catalogue knows no such session."
                : session.State is SessionState.Purged ? "The session was deleted, and its deletion certified."
                : session.Location != location.Name ? $"The recording lies in the location '{session.Location}'." : null;
            if (why is not null) { orphans.Add(OrphanOf(prefix, why)); }
        }

        var (from, state) = (after, Whole);
        var whole = catalogue.Sessions.AsNoTracking().Where(s => s.Location == location.Name && state.Contains(s.State) && s.EndedAt < settled && s.Id > from);
        if (until is { } end) { whole = whole.Where(s => s.Id <= end); }
        await foreach (var session in whole.OrderBy(s => s.Id).Select(s => s.Id).AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (!ids.Contains(session)) { missing.Add(MissingOf(session)); }
        }
    }

    private static SeenFinding OrphanOf(StoredPrefix prefix, string why) => new(
        ObjectsWithoutRecording, FindingSeverity.Medium, $"{prefix.Session}", "Objects lie in a location and belong to no recording.",
        $"{(prefix.Objects == 1 ? "1 object" : $"{prefix.Objects} objects")}, {prefix.Bytes} bytes. {why}", "If the catalogue was lost or restored from an old backup, bring it back first. Otherwise have them deleted on the page of orphans.");

    private static SeenFinding MissingOf(Guid session) => new(
        RecordingWithoutObjects, FindingSeverity.High, $"{session}", "A recording has no objects in its location.", "Nothing of it is there.",
        "Look who deleted from the bucket, and restore the objects from a backup or from their versions.");

    private static List<SeenFinding> Bounded(List<SeenFinding> found) => found.Count <= Most ? found
        : [.. found.Take(Most), found[0] with { Subject = "and more", Detail = $"{found.Count - Most} more like these." }];
}
