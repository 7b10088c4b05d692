using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Recovery;

/// <summary>Closes sessions that nobody joined, and notices that somebody did not answer in time: silence is a decline.</summary>
public sealed partial class ExpireInvitations(CatalogueDb catalogue, JobReport report, TimeProvider clock, ILogger<ExpireInvitations> log) : IScheduledJob
{
    private const int Batch = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var nobodyCame = await catalogue.Sessions.AsNoTracking()
            .Where(s => s.State == SessionState.Invited && s.CodeExpiresAt < now && !s.Participants.Any(p => p.CodeExpiresAt >= now))
            .OrderBy(s => s.CreatedAt).Select(s => s.Id).Take(Batch).ToListAsync(cancellation);
        var silent = await catalogue.Participants.AsNoTracking()
            .Where(p => p.State == ParticipantState.Deciding && p.DecideUntil < now)
            .OrderBy(p => p.DecideUntil).Select(p => p.Session).Take(Batch).ToListAsync(cancellation);
        foreach (var session in nobodyCame.Union(silent))
        {
            try
            {
                await catalogue.ChangeAsync(() => ExpireAsync(session, cancellation));
                report.Did("session", "told that time is over");
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                report.Failed("session", "not closed yet", failed);
                Failed(log, session, failed); // the others expire all the same, and this one is tried again
            }
        }
    }

    private async Task<bool> ExpireAsync(Guid id, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var session = await catalogue.Sessions.Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
        foreach (var silent in session.Participants.Where(p => p.State is ParticipantState.Deciding && p.DecideUntil < now)) { silent.State = ParticipantState.Silent; }
        if (session.State is SessionState.Invited && session.CodeExpiresAt < now && !session.Participants.Any(p => p.CodeExpiresAt >= now)) { session.Close(now); }
        session.Settle(recorderIsThere: false, now); // where it may be recorded now, the server notices by itself
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    [LoggerMessage(3011, LogLevel.Error, "The invitations of session {Session} could not be closed yet")]
    private static partial void Failed(ILogger log, Guid session, Exception failed);
}
