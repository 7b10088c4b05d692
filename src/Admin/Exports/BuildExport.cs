using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Locations;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>Builds the next approved export: claims it, checks and writes its tracks into one sealed zip, and says so. What fails leaves nothing behind.</summary>
internal sealed partial class BuildExport(
    CatalogueDb catalogue, ExportSources sources, WriteArchive archive, ExportRight right, LocationGates gates, KnownLocations locations, SigningKey server,
    IServiceScopeFactory scopes, IOptions<ExportOptions> options, TimeProvider clock, ILogger<BuildExport> log)
{
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RunNextAsync(CancellationToken stopping)
    {
        var builder = Guid.NewGuid();
        if (await catalogue.ChangeAsync(() => ClaimAsync(builder, stopping)) is not { } export) { return false; }

        var why = "The server was stopped while it built it. Ask for it again.";
        try
        {
            var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == export.Session, stopping);
            var progress = new ExportProgress(session.Tracks.Where(track => export.Tracks.Split(' ').Contains(track.Name, StringComparer.Ordinal)).Sum(track => track.Size));
            await using var lease = ExportLease.Hold(scopes, export, progress, clock, stopping);
            try
            {
                var size = await WriteAsync(export, session, progress, lease.Held);
                if (await catalogue.ChangeAsync(() => FinishAsync(export.Id, builder, size, lease.Held))) { return true; }

                why = "The recording was erased meanwhile, or the right to it is gone.";
            }
            catch (Exception failed) when (!stopping.IsCancellationRequested)
            {
                why = lease.Lost ?? WordsOf(failed);
                Failed(log, export.Id, failed);
            }
        }
        finally
        {
            await GiveUpAsync(export, builder, why);
        }

        return true;
    }

    private async Task<long> WriteAsync(RecordingExport export, RecordedSession session, ExportProgress progress, CancellationToken cancellation)
    {
        if (await gates.RefusalAsync(session.Location, cancellation) is { } unsafeNow) { throw new ExportFailedException(unsafeNow); }

        var (location, begun) = (locations.Of(session.Location), clock.GetUtcNow());
        var wraps = session.KeysExpire || session.Tracks.Any(track => track.ExpiryKey is not null) || location.KeysExpire ? await location.WrapsUntilAsync(begun.AddHours(options.Value.KeptHours), begun, cancellation) : location.OwnKey;
        await catalogue.Exports.Where(e => e.Id == export.Id).ExecuteUpdateAsync(row => row.SetProperty(e => e.ExpiryKey, wraps.ExpiryKey), cancellation);
        using var opened = await sources.OpenAsync(session, export.Tracks.Split(' '), progress, cancellation);
        using var writer = new TrackWriter(session.Id, ExportTrack.Of(export.Id), ExportTrack.Bind(opened.Consent.Digest, export.Id, export.Requester), wraps.Key, server);
        await using var zip = new SealedZip(writer, location.Store);
        await zip.BeginAsync(cancellation);
        await archive.RunAsync(export, session, opened, zip, progress, cancellation);
        await zip.CompleteAsync(session.Region, begun, clock.GetUtcNow(), cancellation);
        return zip.Length;
    }

    /// <summary>Takes the oldest approved one. The session counts on: who begins to erase it at the same moment looks again, and sees that something is being built.</summary>
    private async Task<RecordingExport?> ClaimAsync(Guid builder, CancellationToken cancellation)
    {
        var found = await (from e in catalogue.Exports
                           join s in catalogue.Sessions on e.Session equals s.Id
                           where e.State == ExportState.Approved && s.State != SessionState.Purging && s.State != SessionState.Purged
                           orderby e.RequestedAt
                           select new { Export = e, Session = s }).FirstOrDefaultAsync(cancellation);
        if (found is null) { return null; }

        var export = found.Export;
        (export.State, export.Builder, export.LeaseUntil, export.Percent) = (ExportState.Building, builder, clock.GetUtcNow() + ExportLease.Length, 0);
        (export.Stored, export.Watermark) = (true, options.Value.Watermark);
        catalogue.Entry(found.Session).State = EntityState.Modified;
        await catalogue.RecordAsync(clock, AuditActor.Server, "export.build", export.Session, AuditOutcome.Allowed, $"{export.Id} for {export.Requester}", cancellation);
        catalogue.ChangeTracker.Clear();
        return export;
    }

    private async Task<bool> FinishAsync(Guid id, Guid builder, long size, CancellationToken cancellation)
    {
        var export = await catalogue.Exports.SingleAsync(e => e.Id == id, cancellation);
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleAsync(s => s.Id == export.Session, cancellation);
        if (export.State != ExportState.Building || export.Builder != builder || !await right.HoldsAsync(export, session, cancellation)) { return false; }

        var now = clock.GetUtcNow();
        (export.State, export.Builder, export.LeaseUntil, export.Percent) = (ExportState.Ready, null, null, 100);
        (export.Size, export.ReadyAt, export.ExpiresAt) = (size, now, now.AddHours(options.Value.KeptHours));
        catalogue.Entry(session).State = EntityState.Modified;
        await catalogue.RecordAsync(clock, AuditActor.Server, "export.ready", export.Session, AuditOutcome.Allowed, $"{export.Id}: {size} bytes, until {export.ExpiresAt:u}", cancellation);
        return true;
    }

    /// <summary>What is not ready is destroyed; where that fails now, the job does it.</summary>
    private async Task GiveUpAsync(RecordingExport claimed, Guid builder, string why)
    {
        try
        {
            if (!await catalogue.ChangeAsync(() => FailAsync(claimed.Id, builder, why))) { return; }

            var location = await locations.OfSessionAsync(catalogue, claimed.Session, CancellationToken.None);
            await location.Store.DestroyAsync(TrackObjects.Prefix(claimed.Session, ExportTrack.Of(claimed.Id)), CancellationToken.None);
            await catalogue.ChangeAsync(() => ForgetAsync(claimed.Id));
        }
        catch (Exception left) when (left is ObjectStoreException or DbUpdateException)
        {
            Failed(log, claimed.Id, left);
        }
    }

    /// <returns>Whether it is this builder's, and not ready.</returns>
    private async Task<bool> FailAsync(Guid id, Guid builder, string why)
    {
        var export = await catalogue.Exports.SingleAsync(e => e.Id == id, CancellationToken.None);
        if (export.Builder != builder) { return false; }
        if (export.State != ExportState.Building) { return true; } // the job was faster

        (export.State, export.Detail, export.LeaseUntil) = (ExportState.Failed, why.Length > 400 ? why[..400] : why, null);
        await catalogue.RecordAsync(clock, AuditActor.Server, "export.failed", export.Session, AuditOutcome.Failed, $"{export.Id}: {why}" is var words && words.Length > 400 ? words[..400] : words, CancellationToken.None);
        return true;
    }

    private async Task<bool> ForgetAsync(Guid id)
    {
        var export = await catalogue.Exports.SingleAsync(e => e.Id == id, CancellationToken.None);
        export.Stored = false;
        await catalogue.SaveChangesAsync(CancellationToken.None);
        return true;
    }

    private static string WordsOf(Exception failed) => failed switch
    {
        ExportFailedException or TrackAlteredException or TrackUnreadableException => failed.Message,
        ObjectStoreException => "The bucket did not answer. Ask for it again later.",
        KeyServiceException => "The key vault did not answer. Ask for it again later.",
        _ => "The server could not build it. The reason is in its log.",
    };

    [LoggerMessage(2802, LogLevel.Error, "Export {Export} could not be built")]
    private static partial void Failed(ILogger log, Guid export, Exception failed);
}
