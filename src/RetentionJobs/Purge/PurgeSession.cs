using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes all of a session and proves it: keys first, then every version of every object, then a listing that is empty, then a signed certificate.</summary>
/// <remarks>Idempotent: killed at any point, it ends the same when it runs again. The catalogue keeps a tombstone that names nobody.</remarks>
public sealed class PurgeSession(CatalogueDb catalogue, KnownLocations locations, SigningKey server, TimeProvider clock)
{
    /// <summary>Nobody can put anything for a session any more, so long after its end: the last upload address has expired.</summary>
    public static readonly TimeSpan AddressesAreDead = AddressesRequest.Validity + TimeSpan.FromMinutes(1);

    /// <summary>Purges the session if its time is over; otherwise does nothing.</summary>
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public async Task<Outcome> RunIfDueAsync(Guid id, CancellationToken cancellation)
    {
        var session = await catalogue.ChangeAsync(() => BeginAsync(id, cancellation));
        if (session is null) { return Outcome.NotDue; }
        if (session.State is SessionState.Purged) { return Outcome.Purged; }

        var store = locations.Of(session.Location).Store;
        await store.DestroyAsync(TrackObjects.Prefix(id), cancellation);
        if (clock.GetUtcNow() < (session.EndedAt ?? session.CreatedAt) + AddressesAreDead) { return Outcome.Destroyed; }
        if (await catalogue.Exports.AnyAsync(e => e.Session == id && e.State == ExportState.Building, cancellation)) { return Outcome.Destroyed; } // its builder may be putting something: it stops by itself, or counts as dead soon

        var certificate = new DeletionCertificate(
            DeletionCertificate.FormatName, id, ReasonOf(session), [.. session.Tracks.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new DeletedTrack(t.Name, t.Segments, t.Size))],
            clock.GetUtcNow()).Sign(server);
        await store.PutOnceAsync(DeletionCertificate.ObjectName(id), Encoding.ASCII.GetBytes(certificate), cancellation); // one that is there already says the same
        await catalogue.ChangeAsync(() => BuryAsync(id, cancellation));
        return Outcome.Purged;
    }

    /// <summary>From now on it counts as gone: replays end with the next request.</summary>
    /// <returns>Null: it is not due.</returns>
    private async Task<RecordedSession?> BeginAsync(Guid id, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session is null or { State: SessionState.Purging or SessionState.Purged }) { return session; }
        if (!IsOver(session.State) || session.KeepUntil is not { } until || until > clock.GetUtcNow()) { return null; }

        session.State = SessionState.Purging;
        session.Detail = null;
        Record(id, "session.purge", ReasonOf(session));
        await catalogue.SaveChangesAsync(cancellation);
        return session;
    }

    /// <summary>What remains says that there was a session, and that it is gone.</summary>
    private async Task<bool> BuryAsync(Guid id, CancellationToken cancellation)
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
        Record(id, "session.purged", DeletionCertificate.ObjectName(id));
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    private void Record(Guid session, string action, string detail) =>
        catalogue.Audit.Add(new() { At = clock.GetUtcNow(), Actor = "server", Action = action, Session = session, Outcome = "allowed", Detail = detail });

    private static bool IsOver(SessionState state) => state is SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost;

    private static string ReasonOf(RecordedSession session) => session.End == TrackEnd.Withdrawn ? DeletionReason.Withdrawn : DeletionReason.Expired;

    /// <summary>How far it came.</summary>
    public enum Outcome
    {
        /// <summary>It is kept, or not over yet.</summary>
        NotDue,

        /// <summary>Keys and objects are gone; the certificate follows when the last upload address has expired.</summary>
        Destroyed,

        /// <summary>Certified.</summary>
        Purged,
    }
}
