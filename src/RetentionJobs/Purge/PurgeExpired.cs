using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Purges the sessions whose time is over, and goes on with those that were begun.</summary>
public sealed partial class PurgeExpired(CatalogueDb catalogue, PurgeSession purge, JobReport report, TimeProvider clock, ILogger<PurgeExpired> log) : IScheduledJob
{
    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var due = await catalogue.Sessions.AsNoTracking()
            .Where(s => s.State == SessionState.Purging
                || (s.KeepUntil < now && (s.State == SessionState.Recorded || s.State == SessionState.Partial || s.State == SessionState.Failed || s.State == SessionState.Lost)))
            .OrderBy(s => s.KeepUntil).Select(s => s.Id).Take(Batch).ToListAsync(cancellation);
        foreach (var (index, session) in due.Index())
        {
            report.Progress(index, due.Count);
            try
            {
                switch (await purge.RunIfDueAsync(session, cancellation))
                {
                    case PurgeSession.Outcome.Purged:
                        report.Did("session", "deleted");
                        Purged(log, session);
                        break;
                    case PurgeSession.Outcome.Destroyed: report.Did("session", "destroyed and not certified yet"); break;
                }
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("session", "not deleted yet", failed);
                Failed(log, session, failed); // the others are purged all the same, and this one is tried again
            }
        }

        report.Progress(due.Count, due.Count);
    }

    [LoggerMessage(3101, LogLevel.Information, "Session {Session} is deleted, and the certificate says so")]
    private static partial void Purged(ILogger log, Guid session);

    [LoggerMessage(3102, LogLevel.Error, "Session {Session} could not be deleted yet")]
    private static partial void Failed(ILogger log, Guid session, Exception failed);
}
