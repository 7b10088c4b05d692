using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>The one place in which a living session changes: by the person, the technician, or by time. The catalogue changes first, then streams wake.</summary>
internal sealed partial class SessionControl(
    IDbContextFactory<CatalogueDb> catalogues, LiveSessions sessions, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionControl> log)
{
    public Task<Standing> PauseAsync(Guid session, string reason, string actor, CancellationToken cancellation) =>
        ChangeAsync(session, actor, "session.paused", reason, found => LiveRules.Pause(found, reason), cancellation);

    public Task<Standing> ResumeAsync(Guid session, string reason, string actor, CancellationToken cancellation) =>
        ChangeAsync(session, actor, "session.resumed", reason, found => LiveRules.Resume(found, reason, sessions.Of(session).RecorderConnected), cancellation);

    /// <summary>Ends. Where no recorder ever joined there is nobody to wait for: the session is finished at once.</summary>
    public async Task<Standing> EndAsync(Guid session, string end, string actor, CancellationToken cancellation)
    {
        var standing = await ChangeAsync(session, actor, "session.ended", end, found => LiveRules.End(found, end, clock.GetUtcNow()), cancellation);
        return standing is { State: SessionState.Ending, RecorderJoined: false } ? await FinishAsync(session, end, standing, cancellation) : standing;
    }

    /// <summary>Does what time and presence demand, if anything.</summary>
    public async Task StepAsync(LiveSession session, CancellationToken cancellation)
    {
        var standing = await sessions.StandingAsync(session, cancellation);
        switch (LiveRules.NextStep(standing, session.PersonUnseenOrWatched, session.RecorderConnected))
        {
            case LiveStep.BeginRecording:
                await ChangeAsync(session.Id, AuditActor.Server, "session.recording", null, Begin, cancellation);
                break;
            case LiveStep.PauseLost:
                await PauseAsync(session.Id, GapReason.Lost, AuditActor.Server, cancellation);
                break;
            case LiveStep.ResumeFound when session.PersonUnseen is not null: // a server that just started has found nobody yet
                await ResumeAsync(session.Id, GapReason.Lost, AuditActor.Server, cancellation);
                break;
            case LiveStep.EndConnectionLost:
                await EndAsync(session.Id, TrackEnd.ConnectionLost, AuditActor.Server, cancellation);
                break;
        }
    }

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

    private async Task<Standing> ChangeAsync(
        Guid id, string actor, string action, string? detail, Func<RecordedSession, bool> change, CancellationToken cancellation)
    {
        var living = sessions.Of(id);
        await living.Changing.WaitAsync(cancellation);
        try
        {
            await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
            return await catalogue.ChangeAsync(async () =>
            {
                var session = await catalogue.Sessions.SingleAsync(s => s.Id == id, cancellation);
                if (change(session)) { catalogue.Record(clock, actor, action, id, AuditOutcome.Allowed, detail); }
                var changed = await catalogue.SaveChangesAsync(cancellation) > 0;
                var standing = Standing.Of(session);
                if (changed || living.Standing != standing) { living.Take(standing); }
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
