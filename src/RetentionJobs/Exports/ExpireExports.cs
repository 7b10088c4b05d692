using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Exports;

/// <summary>Destroys the exports whose time is over, whose session is erased, or whose builder died; and gives up those that no server built.</summary>
public sealed partial class ExpireExports(CatalogueDb catalogue, KnownLocations locations, JobReport report, TimeProvider clock, ILogger<ExpireExports> log) : IScheduledJob
{
    /// <summary>So long an approved one waits for a server that builds it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var givenUp = now - Patience;
        var due = await (from export in catalogue.Exports.AsNoTracking()
                         join session in catalogue.Sessions.AsNoTracking() on export.Session equals session.Id
                         let erased = session.State == SessionState.Purging || session.State == SessionState.Purged
                         where (export.State == ExportState.Building && export.LeaseUntil < now)
                             || (export.State == ExportState.Ready && (export.ExpiresAt < now || erased))
                             || (export.State == ExportState.Approved && (export.RequestedAt < givenUp || erased))
                             || (export.Stored && (export.State == ExportState.Failed || export.State == ExportState.Gone))
                         orderby export.RequestedAt
                         select export.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var export in due)
        {
            try
            {
                if (await catalogue.ChangeAsync(() => EndAsync(export, cancellation)) is not { } ended) { continue; }

                await DestroyAsync(ended, cancellation);
                report.Did("export", "ended");
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("export", "not destroyed yet", failed);
                Failed(log, export, failed); // the others go all the same, and this one is tried again
            }
        }
    }

    /// <summary>From now on nobody gets it.</summary>
    private async Task<RecordingExport?> EndAsync(Guid id, CancellationToken cancellation)
    {
        var (export, now) = (await catalogue.Exports.SingleAsync(e => e.Id == id, cancellation), clock.GetUtcNow());
        var (state, action, detail) = export.State switch
        {
            ExportState.Building when export.LeaseUntil < now => (ExportState.Failed, "export.failed", "The server that built it stopped. Ask for it again."),
            ExportState.Ready => (ExportState.Gone, "export.expired", export.ExpiresAt < now ? "Its time was over." : "The recording was erased."),
            ExportState.Approved => (ExportState.Gone, "export.expired", "No server built it in time, or the recording was erased."),
            _ => (export.State, "", export.Detail),
        };
        if (state == ExportState.Building) { return null; } // it lives after all
        if (state == export.State) { return export; }

        (export.State, export.Detail) = (state, detail);
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = action, Session = export.Session, Outcome = state == ExportState.Failed ? "failed" : "allowed", Detail = $"{export.Id}: {detail}" });
        await catalogue.SaveChangesAsync(cancellation);
        return export;
    }

    private async Task DestroyAsync(RecordingExport export, CancellationToken cancellation)
    {
        if (!export.Stored) { return; }

        var location = await locations.OfSessionAsync(catalogue, export.Session, cancellation);
        await location.Store.DestroyAsync(TrackObjects.Prefix(export.Session, ExportTrack.Of(export.Id)), cancellation);
        await catalogue.ChangeAsync(() => ForgetAsync(export.Id, cancellation));
    }

    private async Task<bool> ForgetAsync(Guid id, CancellationToken cancellation)
    {
        var export = await catalogue.Exports.SingleAsync(e => e.Id == id, cancellation);
        export.Stored = false;
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    [LoggerMessage(3301, LogLevel.Error, "Export {Export} could not be destroyed yet")]
    private static partial void Failed(ILogger log, Guid export, Exception failed);
}
