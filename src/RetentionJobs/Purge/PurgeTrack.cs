using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes one track whose date is earlier than its session's, and proves it with a certificate of its own. The session stays, and is replayed without it.</summary>
/// <remarks>Idempotent, as <see cref="PurgeSession"/> is. The track <c>consent</c> stays as long as the session: nothing opens without it.</remarks>
public sealed class PurgeTrack(CatalogueDb catalogue, PurgeSteps steps, TimeProvider clock)
{
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public async Task<PurgeOutcome> RunIfDueAsync(Guid id, string track, string job, CancellationToken cancellation)
    {
        var (outcome, begun) = await catalogue.ChangeAsync(() => BeginAsync(id, track, cancellation));
        if (begun is null) { return outcome; }

        var (session, recorded, progress) = begun.Value;
        var target = steps.TargetOf(progress, session, [new TrackName(track)]);
        if (outcome is PurgeOutcome.Held)
        {
            await steps.StopAsync(target, RestoreAsync, cancellation);
            return outcome;
        }

        (outcome, var certificate) = await steps.RunAsync(target, session, progress, [new(track, recorded.Segments, recorded.Size)], job, () => Task.FromResult(false), RestoreAsync, cancellation);
        if (certificate is not null) { await catalogue.ChangeAsync(() => BuryAsync(id, track, progress.Id, certificate, cancellation)); }
        return outcome;

        async Task RestoreAsync(PurgeProgress row) => (await catalogue.Tracks.SingleAsync(t => t.Session == id && t.Name == row.Track, cancellation)).PurgeBeganAt = null;
    }

    private async Task<(PurgeOutcome, (RecordedSession, RecordedTrack, PurgeProgress)?)> BeginAsync(Guid id, string name, CancellationToken cancellation)
    {
        await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever places a hold at this moment waits, or is seen
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        var track = session?.Tracks.FirstOrDefault(t => t.Name == name);
        var now = clock.GetUtcNow();
        if (session is null || track is null || name == TrackName.Consent.Value || !PurgeSteps.IsOver(session.State) || session.KeepUntil <= now || track.KeepUntil is not { } until || until > now) { return (PurgeOutcome.NotDue, null); }
        if (track.PurgedAt is not null) { return (PurgeOutcome.Purged, null); }

        var held = await catalogue.IsHeldAsync(id, cancellation);
        var progress = await catalogue.Purges.SingleOrDefaultAsync(p => p.Session == id && p.Track == name && p.EndedAt == null, cancellation);
        if (progress is not null)
        {
            if (progress.LeaseUntil > now) { return (PurgeOutcome.Running, null); }
            if (held) { return (PurgeOutcome.Held, progress.HeldSince is null ? (session, track, progress) : null); }
            if (progress is { Locked: > 0 } && progress.NotBefore > now) { return (PurgeOutcome.Locked, null); }

            progress.LeaseUntil = now + PurgeObjects.Lease;
            await catalogue.SaveChangesAsync(cancellation);
            await writing.CommitAsync(cancellation);
            return (PurgeOutcome.Destroyed, (session, track, progress));
        }

        if (held) { return (PurgeOutcome.Held, null); }
        if (await catalogue.IsBeingRewrappedAsync(id, now, cancellation)) { return (PurgeOutcome.Running, null); }

        progress = new() { Id = Guid.CreateVersion7(now), Session = id, Track = name, Reason = DeletionReason.Expired, BeganAt = now, StateBefore = session.State, LeaseUntil = now + PurgeObjects.Lease };
        catalogue.Purges.Add(progress);
        track.PurgeBeganAt = now;
        catalogue.Entry(session).State = EntityState.Modified; // who looks at the session at this moment looks again
        steps.Record(id, "track.purge", name);
        await catalogue.SaveChangesAsync(cancellation);
        await writing.CommitAsync(cancellation);
        return (PurgeOutcome.Destroyed, (session, track, progress));
    }

    /// <summary>What remains says that there was a track, and when it went.</summary>
    private async Task<bool> BuryAsync(Guid id, string name, Guid purge, string certificate, CancellationToken cancellation)
    {
        var track = await catalogue.Tracks.SingleOrDefaultAsync(t => t.Session == id && t.Name == name, cancellation);
        if (track is null or { PurgedAt: not null }) { return true; }

        (track.PurgedAt, track.Segments, track.Size, track.Duration, track.Chain, track.Checkpoint) = (clock.GetUtcNow(), 0, 0, 0, null, null);
        track.WriteGaps([]);
        catalogue.Commits.RemoveRange(catalogue.Commits.Where(c => c.Session == id && c.Track == name));
        var row = await catalogue.Purges.SingleAsync(p => p.Id == purge, cancellation);
        (row.Certificate, row.EndedAt) = (certificate, clock.GetUtcNow());
        steps.Record(id, "track.purged", PurgeSteps.InWords(id, name, certificate));
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }
}
