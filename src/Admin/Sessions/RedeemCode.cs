using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Sessions;

/// <summary>Redeems a code: once by the person's page, once by a recorder. Wrong, used, expired and malformed codes get one and the same null.</summary>
internal sealed class RedeemCode(CatalogueDb catalogue, SessionCodes codes, LiveSessions live, CurrentNotice notice, TimeProvider clock)
{
    /// <summary>The one answer to every code that does not work.</summary>
    public const string RefusalTitle = "This code is not valid.";

    /// <summary>What the one answer advises.</summary>
    public const string RefusalDetail = "It is wrong, already used, or expired. Ask the technician for a new one.";

    /// <summary>The person's page: from now on its cookie holds the token, and the person reads the notice.</summary>
    /// <param name="acceptLanguage">What the person's browser asks for.</param>
    public Task<Redeemed?> ByPersonAsync(string? code, string? acceptLanguage, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var session = await FindAsync(code, cancellation);
        if (session is not { State: SessionState.Invited, PersonJoinedAt: null }) { return null; }

        var token = SecretTokens.Create();
        session.PersonJoinedAt = clock.GetUtcNow();
        session.ParticipantTokenHash = SecretTokens.Hash(token);
        session.State = SessionState.AwaitingConsent;
        await notice.FixAsync(session, acceptLanguage, cancellation);
        return await SaveAsync(session, token, AuditActor.Participant, cancellation);
    });

    /// <summary>A recorder, with the public key that its checkpoints and manifests are checked against.</summary>
    public Task<Redeemed?> ByRecorderAsync(string? code, PublicSigningKey key, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var session = await FindAsync(code, cancellation);
        if (session is not { RecorderJoinedAt: null } || session.State is not (SessionState.Invited or SessionState.AwaitingConsent or SessionState.Ready or SessionState.Paused)) { return null; }

        var token = SecretTokens.Create();
        session.RecorderJoinedAt = session.RecorderSeenAt = clock.GetUtcNow();
        session.RecorderTokenHash = SecretTokens.Hash(token);
        session.RecorderKey = JsonSerializer.Serialize(key, RecordingJson.Default.PublicSigningKey);
        return await SaveAsync(session, token, AuditActor.Recorder, cancellation);
    });

    private async Task<RecordedSession?> FindAsync(string? code, CancellationToken cancellation)
    {
        var (hash, now) = (codes.Hash(code), clock.GetUtcNow());
        return await catalogue.Sessions.SingleOrDefaultAsync(session => session.CodeHash == hash && session.CodeExpiresAt > now, cancellation);
    }

    private async Task<Redeemed> SaveAsync(RecordedSession session, string token, string actor, CancellationToken cancellation)
    {
        if (session is { PersonJoinedAt: not null, RecorderJoinedAt: not null }) { session.CodeHash = []; }
        catalogue.Record(clock, actor, "code.redeemed", session.Id, AuditOutcome.Allowed, null);
        await catalogue.SaveChangesAsync(cancellation);
        live.Of(session.Id).Take(Standing.Of(session));
        return new(session.Id, token, session.Region);
    }
}

/// <summary>A redeemed code. <paramref name="Token"/> is given out once and kept as a digest only.</summary>
internal sealed record Redeemed(Guid Session, string Token, string Region);
