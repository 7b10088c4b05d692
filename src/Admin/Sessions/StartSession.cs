using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions;

/// <summary>Starts a session and makes its code; makes a new code for one whose code was not redeemed in time or was not written down.</summary>
internal sealed class StartSession(
    CatalogueDb catalogue, SessionCodes codes, LiveSessions live, LocationGate gate, IOptions<LocationOptions> location, TimeProvider clock)
{
    private const int LabelLimit = 120;

    public async Task<Outcome> RunAsync(string technician, string? label, CancellationToken cancellation)
    {
        var trimmed = string.IsNullOrWhiteSpace(label) ? null : label.Trim();
        if (trimmed is { Length: > LabelLimit }) { return new Outcome.Refused($"The label has {trimmed.Length} characters; it may have {LabelLimit}."); }
        if (await gate.RefusalAsync(cancellation) is { } refusal) { return new Outcome.LocationIsNotSafe(refusal); }

        var now = clock.GetUtcNow();
        var code = SessionCodes.Create();
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(now),
            Technician = technician,
            CreatedAt = now,
            Label = trimmed,
            CodeHash = codes.Hash(code),
            CodeExpiresAt = now + SessionCodes.Validity,
            Region = location.Value.Region,
        };
        catalogue.Sessions.Add(session);
        catalogue.Record(clock, technician, "session.started", session.Id, AuditOutcome.Allowed, null);
        await catalogue.SaveChangesAsync(cancellation);
        Show(session, code);
        return new Outcome.Started(session.Id, code);
    }

    /// <summary>A new code for whoever has not joined yet; the old one stops working. False where both have joined, or it is over.</summary>
    public async Task<bool> RenewCodeAsync(Guid id, string technician, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.SingleOrDefaultAsync(s => s.Id == id && s.Technician == technician, cancellation);
        var open = session is { State: SessionState.Invited } or { RecorderJoinedAt: null, State: SessionState.AwaitingConsent or SessionState.Ready or SessionState.Paused };
        if (!open) { return false; }

        var code = SessionCodes.Create();
        session!.CodeHash = codes.Hash(code);
        session.CodeExpiresAt = clock.GetUtcNow() + SessionCodes.Validity;
        catalogue.Record(clock, technician, "code.renewed", id, AuditOutcome.Allowed, null);
        await catalogue.SaveChangesAsync(cancellation);
        Show(session, code);
        return true;
    }

    /// <summary>The code is shown from memory to the one who started the session, as long as it works; it is written nowhere.</summary>
    private void Show(RecordedSession session, string code)
    {
        var living = live.Of(session.Id);
        living.Code = new(code, session.CodeExpiresAt);
        living.Take(Standing.Of(session));
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Started(Guid Session, string Code) : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record LocationIsNotSafe(string Reason) : Outcome;
    }
}
