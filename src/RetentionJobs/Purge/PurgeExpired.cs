using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Purges the sessions and tracks whose time is over, and goes on with those that were begun. What is held is not looked at; what the bucket locks, or could not be deleted, waits for its time.</summary>
public sealed partial class PurgeExpired(CatalogueDb catalogue, PurgeSession purge, PurgeTrack purgeTrack, JobReport report, TimeProvider clock, ILogger<PurgeExpired> log) : IScheduledJob
{
    /// <summary>As the certificates name it.</summary>
    public const string Job = "purge-expired";

    private const int Batch = 500;
    private const int Page = 5000;

    /// <summary>What failed lets others go first so long.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    private static readonly SessionState[] Over = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var (sessions, tracks) = (await SessionsAsync(cancellation), await TracksAsync(cancellation));
        var (done, total) = (0, sessions.Count + tracks.Count);
        foreach (var session in sessions)
        {
            report.Progress(done++, total);
            await TryAsync(session, null, () => purge.RunIfDueAsync(session, Job, cancellation), cancellation);
        }

        foreach (var (session, track) in tracks)
        {
            report.Progress(done++, total);
            await TryAsync(session, track, () => purgeTrack.RunIfDueAsync(session, track, Job, cancellation), cancellation);
        }

        report.Progress(total, total);
    }

    private async Task<List<Guid>> SessionsAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var begun = catalogue.Sessions.AsNoTracking().Where(s => s.State == SessionState.Purging && !catalogue.Purges.Any(p => p.Session == s.Id && p.Track == null && p.EndedAt == null && p.NotBefore > now));
        var due = await begun.NotHeld(catalogue).OrderBy(s => s.KeepUntil).Select(s => s.Id).Take(Batch).ToListAsync(cancellation);
        due.AddRange(await begun.Held(catalogue).Where(s => catalogue.Purges.Any(p => p.Session == s.Id && p.Track == null && p.EndedAt == null && p.HeldSince == null)) // a hold came in between: that is said once
            .OrderBy(s => s.KeepUntil).Select(s => s.Id).Take(Batch).ToListAsync(cancellation));
        var holds = await catalogue.HoldScopesAsync(cancellation);
        foreach (var state in Over) { await AddExpiredAsync(due, state, now, holds, cancellation); }
        return due;
    }

    /// <summary>Walks along the index, from the one that is longest over. However many of them are held, each is looked at once, in memory.</summary>
    private async Task AddExpiredAsync(List<Guid> due, SessionState state, DateTimeOffset now, IReadOnlyList<HoldScope> holds, CancellationToken cancellation)
    {
        var (from, last, left) = (DateTimeOffset.UnixEpoch, Guid.Empty, Batch);
        while (left > 0)
        {
            var page = await catalogue.Sessions.AsNoTracking().Where(s => s.State == state && s.KeepUntil < now && s.KeepUntil >= from && (s.KeepUntil > from || s.Id.CompareTo(last) > 0))
                .OrderBy(s => s.KeepUntil).ThenBy(s => s.Id).Select(s => new { s.Id, s.Team, s.Label, s.CreatedAt, s.KeepUntil }).Take(Page).ToListAsync(cancellation);
            var free = page.Where(s => !holds.Any(hold => hold.Covers(s.Id, s.Team, s.Label, s.CreatedAt))).Take(left).ToList();
            due.AddRange(free.Select(s => s.Id));
            left -= free.Count;
            if (page.Count < Page) { return; }

            (from, last) = (page[^1].KeepUntil!.Value, page[^1].Id);
        }
    }

    private async Task<List<(Guid Session, string Track)>> TracksAsync(CancellationToken cancellation)
    {
        var (now, consent) = (clock.GetUtcNow(), TrackName.Consent.Value);
        var kept = catalogue.Sessions.AsNoTracking().Where(s => Over.Contains(s.State) && (s.KeepUntil == null || s.KeepUntil > now)); // otherwise the track goes with its session
        var (free, held) = (kept.NotHeld(catalogue), kept.Held(catalogue));
        var due = catalogue.Tracks.AsNoTracking().Where(t => t.PurgedAt == null && t.KeepUntil < now && t.Name != consent).OrderBy(t => t.KeepUntil);
        var found = await due.Where(t => free.Any(s => s.Id == t.Session) && !catalogue.Purges.Any(p => p.Session == t.Session && p.Track == t.Name && p.EndedAt == null && p.NotBefore > now))
            .Select(t => new { t.Session, t.Name }).Take(Batch).ToListAsync(cancellation);
        found.AddRange(await due.Where(t => t.PurgeBeganAt != null && held.Any(s => s.Id == t.Session) && catalogue.Purges.Any(p => p.Session == t.Session && p.Track == t.Name && p.EndedAt == null && p.HeldSince == null))
            .Select(t => new { t.Session, t.Name }).Take(Batch).ToListAsync(cancellation));
        return [.. found.Select(one => (one.Session, one.Name))];
    }

    private async Task TryAsync(Guid session, string? track, Func<Task<PurgeOutcome>> run, CancellationToken cancellation)
    {
        try
        {
            var (outcome, thing) = (await run(), track is null ? "session" : "track");
            if (outcome is PurgeOutcome.Purged) { Purged(log, session, track ?? "all of it"); }
            report.Did(thing, outcome switch
            {
                PurgeOutcome.Purged => "deleted",
                PurgeOutcome.Destroyed => "destroyed and not certified yet",
                PurgeOutcome.Held => "kept by a legal hold",
                PurgeOutcome.Locked => "kept by the bucket's Object Lock",
                _ => "",
            }, outcome is PurgeOutcome.NotDue ? 0 : 1);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            report.Failed(track is null ? "session" : "track", "not deleted yet", failed);
            Failed(log, session, track ?? "all of it", failed); // the others are purged all the same, and this one is tried again
            var next = clock.GetUtcNow() + AfterFailure;
            catalogue.ChangeTracker.Clear();
            await catalogue.Purges.Where(p => p.Session == session && p.Track == track && p.EndedAt == null).ExecuteUpdateAsync(row => row.SetProperty(p => p.NotBefore, next).SetProperty(p => p.LeaseUntil, (DateTimeOffset?)null), cancellation);
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "Session {Session}, {Track}: deleted, and the certificate says so")]
    private static partial void Purged(ILogger log, Guid session, string track);

    [LoggerMessage(3102, LogLevel.Error, "Session {Session}, {Track}: could not be deleted yet")]
    private static partial void Failed(ILogger log, Guid session, string track, Exception failed);
}
