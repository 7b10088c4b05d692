using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Moving;

/// <summary>Deletes what was moved from where it lay, once nobody reads it there any more, and certifies it.</summary>
public sealed partial class EmptyOldPlace(CatalogueDb catalogue, KnownLocations locations, SigningKey server, JobReport report, TimeProvider clock, ILogger<EmptyOldPlace> log)
{
    /// <summary>Longer than any replay keeps a track open.</summary>
    public static readonly TimeSpan Unread = TimeSpan.FromMinutes(10);

    private const string Job = "move-recordings";
    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var due = clock.GetUtcNow() - Unread;
        foreach (var moved in await catalogue.MovedRecordings.AsNoTracking().Where(m => m.At < due).OrderBy(m => m.At).Take(Batch).ToListAsync(cancellation))
        {
            try
            {
                await EmptyAsync(moved, cancellation);
                report.Did("old place", "emptied");
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("old place", "not emptied yet", failed);
                NotEmptied(log, moved.Session, moved.From, failed);
            }
        }
    }

    private async Task EmptyAsync(MovedRecording moved, CancellationToken cancellation)
    {
        if (await catalogue.Exports.AnyAsync(e => e.Session == moved.Session && e.State == ExportState.Building, cancellation)) { return; } // it may have begun in the old place

        var (old, prefix) = (locations.Of(moved.From), TrackObjects.Prefix(moved.Session));
        var counted = moved.ReadCounted() ?? await CountAsync(moved.Session, old.Store, prefix, cancellation);
        await old.Store.DestroyAsync(prefix, cancellation);
        var (at, name) = (clock.GetUtcNow(), $"certificates/{moved.Session:D}/moved-{moved.At.ToUnixTimeMilliseconds()}.jws");
        var tracks = await catalogue.Tracks.AsNoTracking().Where(t => t.Session == moved.Session).OrderBy(t => t.Name).Select(t => new DeletedTrack(t.Name, t.Segments, t.Size)).ToListAsync(cancellation);
        var certificate = new DeletionCertificate(
            DeletionCertificate.FormatName, moved.Session, DeletionReason.Moved, tracks, at, BeganAt: moved.At,
            Deleted: counted, Listing: new(old.Name, old.Region, prefix, at, 0, 0, 0), By: new(Job, $"{moved.Session}", $"{Environment.MachineName}/{Environment.ProcessId}")).Sign(server);
        await old.Store.PutOnceAsync(name, Encoding.ASCII.GetBytes(certificate), cancellation); // one that is there already: this server was killed after it

        catalogue.ChangeTracker.Clear();
        catalogue.MovedRecordings.Remove(await catalogue.MovedRecordings.SingleAsync(m => m.Session == moved.Session, cancellation));
        catalogue.Audit.Add(new() { At = at, Actor = "server", Action = "session.moved-away", Session = moved.Session, Outcome = "allowed", Detail = $"{moved.From}: {name}" });
        await catalogue.SaveChangesAsync(cancellation);
    }

    /// <summary>Written down before anything is deleted: the certificate counts all of it, however often the server was killed meanwhile.</summary>
    private async Task<DeletedObjects> CountAsync(Guid session, IObjectStore store, string prefix, CancellationToken cancellation)
    {
        var found = await store.CountAsync(prefix, cancellation);
        var counted = new DeletedObjects(found.Objects, found.Versions, found.DeleteMarkers, found.Uploads, found.Bytes, found.First, found.Last);
        var row = await catalogue.MovedRecordings.SingleAsync(m => m.Session == session, cancellation);
        row.WriteCounted(counted);
        await catalogue.SaveChangesAsync(cancellation);
        return counted;
    }

    [LoggerMessage(3422, LogLevel.Error, "What was moved of session {Session} could not be deleted in '{Location}' yet")]
    private static partial void NotEmptied(ILogger log, Guid session, string location, Exception failed);
}
