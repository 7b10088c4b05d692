using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>A participant who had allowed it has what was stored erased: its time is over now, and the purge takes the way that every purge takes. Where a legal hold forbids it, it is erased when the hold is lifted.</summary>
internal sealed partial class EraseRecording(WithdrawConsent withdraw, CatalogueDb catalogue, PurgeSession purge, LiveSessions live, TimeProvider clock, ILogger<EraseRecording> log)
{
    /// <summary>As the certificate names it.</summary>
    internal const string Job = "erasure";

    public async Task<Standing> RunAsync(Guid id, string participant, CancellationToken cancellation)
    {
        await withdraw.RunAsync(id, participant, statement: null, cancellation); // a session that is over stays as it is
        await catalogue.ChangeAsync(() => ExpireAsync(id, cancellation));
        try
        {
            await purge.RunIfDueAsync(id, Job, cancellation); // while the recorder still finishes it is not due: then finishing leads here
        }
        catch (ObjectStoreException away)
        {
            LogDelayed(away, id);
        }

        live.Of(id).Proofs.Clear();
        live.Refresh(id);
        return await live.StandingAsync(live.Of(id), cancellation);
    }

    private async Task<bool> ExpireAsync(Guid id, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.SingleAsync(s => s.Id == id, cancellation);
        if (session.ConsentAt is null || session.State.IsDeleted()) { return false; }

        session.End = TrackEnd.Withdrawn;
        session.KeepUntil = clock.GetUtcNow();
        var held = await catalogue.IsHeldAsync(id, cancellation);
        await catalogue.RecordAsync(clock, AuditActor.Participant, "recording.erased", id, AuditOutcome.Allowed, held ? "a legal hold forbids it now: it is erased when the hold is lifted" : null, cancellation);
        return true;
    }

    [LoggerMessage(2221, LogLevel.Warning, "Session {Session} is to be erased and the store does not do it yet; the job goes on")]
    private partial void LogDelayed(Exception away, Guid session);
}
