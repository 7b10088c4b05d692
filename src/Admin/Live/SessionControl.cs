using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>The one place in which a living session changes: by a participant, the technician, or by time. The catalogue changes first, then streams wake.</summary>
internal sealed partial class SessionControl(
    IDbContextFactory<CatalogueDb> catalogues, LiveSessions sessions, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionControl> log)
{
    /// <summary>A participant pauses; each can, and resumes their own pause only.</summary>
    public Task<Standing> PauseAsync(Guid session, string participant, CancellationToken cancellation) =>
        ChangeAsync(session, AuditActor.Participant, "session.paused", participant, found => LiveRules.Pause(found, participant, clock.GetUtcNow()), cancellation);

    public Task<Standing> ResumeAsync(Guid session, string participant, CancellationToken cancellation) =>
        ChangeAsync(session, AuditActor.Participant, "session.resumed", participant, found => LiveRules.Resume(found, participant, RecorderIsThere(session), clock.GetUtcNow()), cancellation);

    public Task<Standing> PauseByTechnicianAsync(Guid session, string account, CancellationToken cancellation) =>
        ChangeAsync(session, account, "session.paused", GapReason.PausedByTechnician, found => LiveRules.PauseByTechnician(found, clock.GetUtcNow()), cancellation);

    public Task<Standing> ResumeByTechnicianAsync(Guid session, string account, CancellationToken cancellation) =>
        ChangeAsync(session, account, "session.resumed", GapReason.PausedByTechnician, found => LiveRules.ResumeByTechnician(found, RecorderIsThere(session), clock.GetUtcNow()), cancellation);

    /// <summary>"I leave; the recording may go on without me."</summary>
    public Task<Standing> LeaveAsync(Guid session, string participant, CancellationToken cancellation) =>
        ChangeAsync(session, AuditActor.Participant, "participant.left", participant, found => LiveRules.Leave(found, participant, RecorderIsThere(session), clock.GetUtcNow()), cancellation);

    /// <summary>A participant says no.</summary>
    public Task<Standing> DeclineAsync(Guid session, string participant, CancellationToken cancellation) =>
        ChangeAsync(session, AuditActor.Participant, "consent.declined", participant, found => LiveRules.Decline(found, participant, clock.GetUtcNow()), cancellation);

    /// <summary>Ends.</summary>
    public Task<Standing> EndAsync(Guid session, string end, string actor, CancellationToken cancellation) =>
        ChangeAsync(session, actor, "session.ended", end, found => LiveRules.End(found, end, clock.GetUtcNow()), cancellation);

    /// <summary>Ends because a participant took their consent back.</summary>
    /// <param name="stopped">Done once no recorder may capture any more, and before the tracks are finished; not done where there was nothing to take back.</param>
    public async Task<Standing> WithdrawAsync(Guid session, string participant, Func<Task> stopped, CancellationToken cancellation)
    {
        var withdrew = false;
        var standing = await SaveAsync(
            session, AuditActor.Participant, "consent.withdrawn", participant, found => withdrew = LiveRules.Withdraw(found, participant, clock.GetUtcNow()), cancellation);
        if (withdrew) { await stopped(); }
        return await FinishAloneAsync(session, standing, cancellation);
    }

    /// <summary>Does what time and presence demand, if anything.</summary>
    public async Task StepAsync(LiveSession session, CancellationToken cancellation)
    {
        var standing = await sessions.StandingAsync(session, cancellation);
        switch (LiveRules.NextStep(standing, session.UnseenOrWatched(standing), session.RecorderConnected))
        {
            case LiveStep.BeginRecording:
                await ChangeAsync(session.Id, AuditActor.Server, "session.recording", null, Begin, cancellation);
                break;
            case LiveStep.PauseLost:
                await ChangeAsync(session.Id, AuditActor.Server, "session.paused", GapReason.Lost, LiveRules.PauseLost, cancellation);
                break;
            case LiveStep.ResumeFound when session.Unseen(standing) is not null: // a server that just started has found nobody yet
                await ChangeAsync(session.Id, AuditActor.Server, "session.resumed", GapReason.Lost, found => LiveRules.ResumeFound(found, session.RecorderConnected), cancellation);
                break;
            case LiveStep.EndConnectionLost:
                await EndAsync(session.Id, TrackEnd.ConnectionLost, AuditActor.Server, cancellation);
                break;
        }
    }

    private bool RecorderIsThere(Guid session) => sessions.Of(session).RecorderConnected;

    private async Task<Standing> FinishAsync(Guid session, string end, Standing standing, CancellationToken cancellation)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<FinishSession>().RunAsync(session, end, [], cancellation);
            sessions.Refresh(session);
            return await sessions.StandingAsync(sessions.Of(session), cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            LogNotFinished(failure, session); // the bucket is away: the job that finishes abandoned sessions tries again
            return standing;
        }
    }

    private static bool Begin(RecordedSession session)
    {
        if (session.State is not SessionState.Ready) { return false; }

        session.State = SessionState.Recording;
        return true;
    }

    /// <summary>Makes a change. Where it ends the session and no recorder ever joined there is nobody to wait for: the session is finished at once.</summary>
    private async Task<Standing> ChangeAsync(
        Guid id, string actor, string action, string? detail, Func<RecordedSession, bool> change, CancellationToken cancellation)
    {
        var standing = await SaveAsync(id, actor, action, detail, change, cancellation);
        return await FinishAloneAsync(id, standing, cancellation);
    }

    private async Task<Standing> FinishAloneAsync(Guid id, Standing standing, CancellationToken cancellation) =>
        standing is { State: SessionState.Ending, RecorderJoined: false } ? await FinishAsync(id, standing.End ?? TrackEnd.Ended, standing, cancellation) : standing;

    private async Task<Standing> SaveAsync(
        Guid id, string actor, string action, string? detail, Func<RecordedSession, bool> change, CancellationToken cancellation)
    {
        var living = sessions.Of(id);
        await living.Changing.WaitAsync(cancellation);
        try
        {
            await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
            return await catalogue.ChangeAsync(async () =>
            {
                var session = await catalogue.Sessions.Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
                if (change(session)) { catalogue.Record(clock, actor, action, id, AuditOutcome.Allowed, detail); }
                var changed = await catalogue.SaveChangesAsync(cancellation) > 0;
                var standing = Standing.Of(session);
                if (changed || living.Standing?.Version != standing.Version) { living.Take(standing); }
                return standing;
            });
        }
        finally
        {
            living.Changing.Release();
        }
    }

    [LoggerMessage(2211, LogLevel.Warning, "Session {Session} has ended and could not be finished yet")]
    private partial void LogNotFinished(Exception failure, Guid session);
}
