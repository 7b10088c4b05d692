using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes all of a session and proves it: keys first, then every version of every object, then a listing that is empty, then a signed certificate. A legal hold wins, also over a purge that is running.</summary>
/// <remarks>Idempotent: killed at any point, it ends the same when it runs again. The catalogue keeps a tombstone that names nobody.</remarks>
public sealed class PurgeSession(CatalogueDb catalogue, PurgeSteps steps, TimeProvider clock)
{
    /// <summary>Purges the session if its time is over; otherwise does nothing.</summary>
    /// <param name="job">On whose account, for the certificate.</param>
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public async Task<PurgeOutcome> RunIfDueAsync(Guid id, string job, CancellationToken cancellation)
    {
        var (outcome, begun) = await catalogue.ChangeAsync(() => BeginAsync(id, cancellation));
        if (begun is null) { return outcome; }

        var (session, progress) = begun.Value;
        var exports = await catalogue.Exports.Where(e => e.Session == id && e.Stored).Select(e => e.Id).ToListAsync(cancellation);
        var target = steps.TargetOf(progress, session, [.. session.Tracks.Select(t => new TrackName(t.Name)), .. exports.Select(ExportTrack.Of)]);
        if (outcome is PurgeOutcome.Held)
        {
            await steps.StopAsync(target, RestoreAsync, cancellation);
            return outcome;
        }

        var deleted = session.Tracks.Where(t => t.PurgedAt is null).OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new DeletedTrack(t.Name, t.Segments, t.Size)).ToList();
        (outcome, var certificate) = await steps.RunAsync(target, session, progress, deleted, job, () => IsBuiltFromAsync(id, cancellation), RestoreAsync, cancellation);
        if (certificate is not null) { await catalogue.ChangeAsync(() => BuryAsync(id, progress.Id, certificate, cancellation)); }
        return outcome;

        async Task RestoreAsync(PurgeProgress row)
        {
            var kept = await catalogue.Sessions.SingleAsync(s => s.Id == id, cancellation);
            if (kept.State is SessionState.Purging) { (kept.State, kept.Detail) = (row.StateBefore, row.DetailBefore); }
        }
    }

    /// <summary>From now on it counts as gone: replays end with the next request.</summary>
    /// <returns>Null: there is nothing to go on with.</returns>
    private async Task<(PurgeOutcome, (RecordedSession, PurgeProgress)?)> BeginAsync(Guid id, CancellationToken cancellation)
    {
        await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever places a hold at this moment waits, or is seen
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session is null) { return (PurgeOutcome.NotDue, null); }
        if (session.State is SessionState.Purged) { return (PurgeOutcome.Purged, null); }

        var (now, held) = (clock.GetUtcNow(), await catalogue.IsHeldAsync(id, cancellation));
        var progress = await catalogue.Purges.SingleOrDefaultAsync(p => p.Session == id && p.Track == null && p.EndedAt == null, cancellation);
        if (session.State is SessionState.Purging && progress is not null)
        {
            if (progress.LeaseUntil > now) { return (PurgeOutcome.Running, null); }
            if (held) { return (PurgeOutcome.Held, progress.HeldSince is null ? (session, progress) : null); }
            if (progress is { Locked: > 0 } && progress.NotBefore > now) { return (PurgeOutcome.Locked, null); }

            session.Detail = null; // the hold was lifted, or the lock has ended
            progress.LeaseUntil = now + PurgeObjects.Lease;
            await catalogue.SaveChangesAsync(cancellation);
            await writing.CommitAsync(cancellation);
            return (PurgeOutcome.Destroyed, (session, progress));
        }

        if (session.State is not SessionState.Purging && (!PurgeSteps.IsOver(session.State) || session.KeepUntil is not { } until || until > now)) { return (PurgeOutcome.NotDue, null); }
        if (held) { return (PurgeOutcome.Held, null); }
        if (await catalogue.IsBeingRewrappedAsync(id, now, cancellation)) { return (PurgeOutcome.Running, null); }

        progress = new() { Id = Guid.CreateVersion7(now), Session = id, Reason = ReasonOf(session), BeganAt = now, StateBefore = session.State, DetailBefore = session.Detail, LeaseUntil = now + PurgeObjects.Lease };
        catalogue.Purges.Add(progress);
        catalogue.Purges.RemoveRange(catalogue.Purges.Where(p => p.Session == id && p.Track != null && p.EndedAt == null)); // of a track alone: it goes with the rest now
        if (session.State is not SessionState.Purging) { steps.Record(id, "session.purge", progress.Reason); }
        session.State = SessionState.Purging;
        session.Detail = null;
        await catalogue.SaveChangesAsync(cancellation);
        await writing.CommitAsync(cancellation);
        return (PurgeOutcome.Destroyed, (session, progress));
    }

    /// <summary>Whether an export of it is being built: its builder may be putting something; it stops by itself, or counts as dead soon.</summary>
    private Task<bool> IsBuiltFromAsync(Guid id, CancellationToken cancellation) => catalogue.Exports.AnyAsync(e => e.Session == id && e.State == ExportState.Building, cancellation);

    /// <summary>What remains says that there was a session, and that it is gone.</summary>
    private async Task<bool> BuryAsync(Guid id, Guid purge, string certificate, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
        if (session.State is SessionState.Purged) { return true; }

        session.State = SessionState.Purged;
        session.Ticket = null;
        session.Label = null;
        session.ConsentDigest = null;
        session.RecorderKey = null;
        session.RecorderTokenHash = null;
        foreach (var participant in session.Participants) { (participant.ConsentDigest, participant.WithdrawalDigest, participant.NoticeSha256) = (null, null, null); }
        catalogue.Tracks.RemoveRange(session.Tracks);
        catalogue.Commits.RemoveRange(catalogue.Commits.Where(c => c.Session == id));
        var row = await catalogue.Purges.SingleAsync(p => p.Id == purge, cancellation);
        (row.Certificate, row.EndedAt) = (certificate, clock.GetUtcNow());
        steps.Record(id, "session.purged", PurgeSteps.InWords(id, null, certificate));
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    private static string ReasonOf(RecordedSession session) => session.End == TrackEnd.Withdrawn ? DeletionReason.Withdrawn : DeletionReason.Expired;
}
