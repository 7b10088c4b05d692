using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Recovery;

/// <summary>Finishes sessions whose recorder was not heard of for a while, from what it had committed.</summary>
public sealed partial class FinishAbandonedSessions(CatalogueDb catalogue, FinishSession finish, JobReport report, TimeProvider clock, ILogger<FinishAbandonedSessions> log)
    : IScheduledJob
{
    /// <summary>How long a recorder may be silent before the server finishes its session.</summary>
    public static readonly TimeSpan RecorderSilence = TimeSpan.FromMinutes(2);

    /// <summary>How long a consent waits for a recorder that never joined.</summary>
    public static readonly TimeSpan WaitForRecorder = TimeSpan.FromMinutes(10);

    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (!await HaveRecordersHadTimeAsync(now, cancellation)) { return; }

        var silent = now - RecorderSilence;
        var never = now - WaitForRecorder;
        var abandoned = await catalogue.Sessions.AsNoTracking()
            .Where(s => s.State == SessionState.Ready || s.State == SessionState.Recording || s.State == SessionState.Paused || s.State == SessionState.Ending)
            .Where(s => s.RecorderSeenAt != null ? s.RecorderSeenAt < silent : s.ConsentAt < never)
            .OrderBy(s => s.CreatedAt).Select(s => s.Id).Take(Batch).ToListAsync(cancellation);

        foreach (var session in abandoned)
        {
            try
            {
                var outcome = await finish.RunAsync(session, TrackEnd.Recovered, [], cancellation);
                if (outcome is not FinishSession.Outcome.Finished finished) { continue; }

                report.Did("session", "finished");
                Finished(log, session, finished.State, finished.Detail);
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("session", "not finished yet", failed);
                Failed(log, session, failed); // the bucket is away: the next run tries again
            }
        }
    }

    /// <summary>While no process answers recorders they cannot be heard of, and to one that was restarted they come back.</summary>
    private async Task<bool> HaveRecordersHadTimeAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var alive = now - ServerNode.Patience;
        return await catalogue.ServerNodes.Where(node => node.Web && node.SeenAt >= alive).MaxAsync(node => (DateTimeOffset?)node.StartedAt, cancellation) is { } since && now - since >= RecorderSilence;
    }

    [LoggerMessage(3001, LogLevel.Warning, "Session {Session} was abandoned by its recorder and is now {State}: {Detail}")]
    private static partial void Finished(ILogger log, Guid session, SessionState state, string? detail);

    [LoggerMessage(3002, LogLevel.Error, "Session {Session} was abandoned by its recorder and could not be finished yet")]
    private static partial void Failed(ILogger log, Guid session, Exception failed);
}
