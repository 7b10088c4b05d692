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
        var left = Batch;
        foreach (var state in Over)
        {
            var expired = await catalogue.Sessions.AsNoTracking().Where(s => s.State == state && s.KeepUntil < now).NotHeld(catalogue).OrderBy(s => s.KeepUntil).Select(s => s.Id).Take(left).ToListAsync(cancellation);
            due.AddRange(expired);
            if ((left -= expired.Count) == 0) { break; }
        }

        return due;
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
            await catalogue.Purges.Where(p => p.Session == session && p.Track == track && p.EndedAt == null).ExecuteUpdateAsync(row => row.SetProperty(p => p.NotBefore, next), cancellation);
        }
    }

    [LoggerMessage(3101, LogLevel.Information, "Session {Session}, {Track}: deleted, and the certificate says so")]
    private static partial void Purged(ILogger log, Guid session, string track);

    [LoggerMessage(3102, LogLevel.Error, "Session {Session}, {Track}: could not be deleted yet")]
    private static partial void Failed(ILogger log, Guid session, string track, Exception failed);
}
