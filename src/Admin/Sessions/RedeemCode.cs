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

/// <summary>Redeems a code: each once by its participant's page, the first one also once by a recorder. Wrong, used, expired and malformed codes get one and the same null.</summary>
internal sealed class RedeemCode(CatalogueDb catalogue, SessionCodes codes, LiveSessions live, CurrentNotice notice, TimeProvider clock)
{
    /// <summary>The one answer to every code that does not work.</summary>
    public const string RefusalTitle = "This code is not valid.";

    /// <summary>What the one answer advises.</summary>
    public const string RefusalDetail = "It is wrong, already used, or expired. Ask the technician for a new one.";

    /// <summary>A participant's page: from now on its cookie holds the token, and they read the notice. What is being recorded pauses until they, too, have allowed it.</summary>
    /// <param name="acceptLanguage">What their browser asks for.</param>
    /// <param name="token">What their browser holds already: nobody is two participants of one session in the same browser.</param>
    public Task<Outcome> ByPersonAsync(string? code, string? acceptLanguage, string? token, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var (hash, now) = (codes.Hash(code), clock.GetUtcNow());
        var invited = await catalogue.Participants.AsNoTracking()
            .Where(p => p.CodeHash == hash && p.CodeExpiresAt > now && p.State == ParticipantState.Invited).Select(p => new { p.Session, p.Name }).SingleOrDefaultAsync(cancellation);
        if (invited is null) { return new Outcome.NotValid(); }

        var session = await catalogue.Sessions.Include(s => s.Participants).SingleAsync(s => s.Id == invited.Session, cancellation);
        var participant = session.Of(invited.Name);
        if (!LiveRules.IsOpen(session) || participant.State is not ParticipantState.Invited) { return new Outcome.NotValid(); }
        if (token is not null && IsSomebodyElse(session, participant, SecretTokens.Hash(token))) { return new Outcome.SameBrowser(); }

        return await JoinAsync(session, participant, acceptLanguage, cancellation);
    });

    private async Task<Outcome> JoinAsync(RecordedSession session, Participant participant, string? acceptLanguage, CancellationToken cancellation)
    {
        var (token, now) = (SecretTokens.Create(), clock.GetUtcNow());
        participant.State = ParticipantState.Deciding;
        participant.JoinedAt = now;
        participant.CodeHash = [];
        participant.TokenHash = SecretTokens.Hash(token);
        await notice.FixAsync(session, participant, acceptLanguage, cancellation);
        if (!participant.IsGuardian && await notice.AsksGuardianAsync(cancellation)) { RequireGuardian(session, participant); }
        session.Settle(recorderIsThere: false, now);
        await SaveAsync(session, AuditActor.Participant, participant.Name, cancellation);
        return new Outcome.Joined(session.Id, participant.Name, token);
    }

    /// <summary>A recorder, with the public key that its checkpoints and manifests are checked against.</summary>
    public Task<Redeemed?> ByRecorderAsync(string? code, PublicSigningKey key, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var (hash, now) = (codes.Hash(code), clock.GetUtcNow());
        var session = await catalogue.Sessions.Include(s => s.Participants).SingleOrDefaultAsync(s => s.CodeHash == hash && s.CodeExpiresAt > now, cancellation);
        if (session is not { RecorderJoinedAt: null } || session.State is not (SessionState.Invited or SessionState.AwaitingConsent or SessionState.Ready or SessionState.Paused)) { return null; }

        var token = SecretTokens.Create();
        session.RecorderJoinedAt = session.RecorderSeenAt = now;
        session.RecorderTokenHash = SecretTokens.Hash(token);
        session.RecorderKey = JsonSerializer.Serialize(key, RecordingJson.Default.PublicSigningKey);
        session.CodeHash = [];
        await SaveAsync(session, AuditActor.Recorder, null, cancellation);
        return new Redeemed(session.Id, token, session.Region, session.Location);
    });

    /// <summary>A guardian and a person are never one browser; a person who left may come back as another one.</summary>
    private static bool IsSomebodyElse(RecordedSession session, Participant joining, byte[] token) => session.Participants.Any(other =>
        other.TokenHash is { } known && known.AsSpan().SequenceEqual(token) && (other.IsHere || other.IsGuardian != joining.IsGuardian));

    /// <summary>The notice has become one for minors since the invitation: the technician makes the guardian's code.</summary>
    private void RequireGuardian(RecordedSession session, Participant person)
    {
        person.NeedsGuardian = true;
        var name = Participant.GuardianOf(person.Name);
        if (session.Participants.All(p => p.Name != name)) { catalogue.Participants.Add(new() { Session = session.Id, Name = name }); }
    }

    private async Task SaveAsync(RecordedSession session, string actor, string? participant, CancellationToken cancellation)
    {
        catalogue.Record(clock, actor, "code.redeemed", session.Id, AuditOutcome.Allowed, participant);
        await catalogue.SaveChangesAsync(cancellation);
        live.Of(session.Id).Take(Standing.Of(session));
    }

    /// <summary>What became of a code that a page sent.</summary>
    internal abstract record Outcome
    {
        private Outcome() { }

        /// <param name="Token">Given out once and kept as a digest only.</param>
        internal sealed record Joined(Guid Session, string Participant, string Token) : Outcome;

        internal sealed record NotValid : Outcome;

        /// <summary>It works, and not in this browser.</summary>
        internal sealed record SameBrowser : Outcome;
    }
}

/// <summary>A code that a recorder redeemed. <paramref name="Token"/> is given out once and kept as a digest only.</summary>
internal sealed record Redeemed(Guid Session, string Token, string Region, string Location);
