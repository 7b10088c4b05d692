using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Orphans;

/// <summary>Deletes the objects of which an admin said that they may go. Each is looked up again first: what belongs to a recording by now stays.</summary>
public sealed partial class DeleteOrphans(CatalogueDb catalogue, KnownLocations locations, JobReport report, TimeProvider clock, ILogger<DeleteOrphans> log) : IScheduledJob
{
    /// <summary>So long after they were first found, at the earliest, somebody may say yes.</summary>
    public static readonly TimeSpan GraceTime = TimeSpan.FromDays(7);

    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var approval in await catalogue.OrphanApprovals.AsNoTracking().OrderBy(a => a.At).Take(Batch).ToListAsync(cancellation))
        {
            try
            {
                await DeleteAsync(approval, cancellation);
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("orphan", "not deleted yet", failed);
                NotDeleted(log, approval.Session, failed);
            }
        }
    }

    private async Task DeleteAsync(OrphanApproval approval, CancellationToken cancellation)
    {
        var (now, subject) = (clock.GetUtcNow(), $"{approval.Session}");
        var known = await catalogue.Sessions.AsNoTracking().Where(s => s.Id == approval.Session).Select(s => new { s.State, s.Location }).SingleOrDefaultAsync(cancellation);
        var belongs = known is not null && known.State is not SessionState.Purged && known.Location == approval.Location;
        if (!belongs) { await locations.Of(approval.Location).Store.DestroyAsync(TrackObjects.Prefix(approval.Session), cancellation); }

        catalogue.ChangeTracker.Clear();
        catalogue.OrphanApprovals.Remove(await catalogue.OrphanApprovals.SingleAsync(a => a.Location == approval.Location && a.Session == approval.Session, cancellation));
        await catalogue.Findings.Where(f => f.Source == FindOrphans.Source && f.Location == approval.Location && f.Subject == subject && f.ClosedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(f => f.ClosedAt, now), cancellation);
        catalogue.Audit.Add(new()
        {
            At = now, Actor = "server", Action = "orphans.deleted", Session = approval.Session, Outcome = belongs ? "refused" : "allowed",
            Detail = belongs ? $"{approval.Location}: they belong to a recording by now, and stay" : $"{approval.Location}: all below {TrackObjects.Prefix(approval.Session)}, as {approval.By} said",
        });
        await catalogue.SaveChangesAsync(cancellation);
        report.Did("orphan", belongs ? "kept: it belongs to a recording by now" : "deleted");
    }

    [LoggerMessage(3411, LogLevel.Error, "What lies under the name of session {Session} and belongs to no recording could not be deleted yet")]
    private static partial void NotDeleted(ILogger log, Guid session, Exception failed);
}
