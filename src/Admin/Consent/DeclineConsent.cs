using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>The person says no. Nothing was recorded, and no code of the session works any more.</summary>
internal sealed class DeclineConsent(CatalogueDb catalogue, LiveSessions live, TimeProvider clock)
{
    public async Task RunAsync(Guid id, CancellationToken cancellation)
    {
        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation);
        try
        {
            if (await catalogue.ChangeAsync(() => DeclineAsync(id, cancellation)) is { } declined) { living.Take(declined); }
        }
        finally
        {
            living.Changing.Release();
        }
    }

    private async Task<Standing?> DeclineAsync(Guid id, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.SingleAsync(s => s.Id == id, cancellation);
        if (session.State is not SessionState.AwaitingConsent) { return null; }

        session.State = SessionState.Declined;
        session.CodeHash = [];
        session.EndedAt = clock.GetUtcNow();
        session.KeepUntil = null;
        await catalogue.RecordAsync(clock, AuditActor.Participant, "consent.declined", id, AuditOutcome.Allowed, null, cancellation);
        return Standing.Of(session);
    }
}
