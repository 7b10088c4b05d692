using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>Takes the receipt that a participant's device signed: checks all of it, countersigns, stores both, and only then does it count.</summary>
internal sealed class AcceptConsent(
    CatalogueDb catalogue, NoticeOfSession notices, ConsentTrack track, LiveSessions live, KnownLocations locations, LocationGates gates, SigningKey server, TimeProvider clock)
{
    /// <summary>How far the device's clock may be from the server's.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>Characters that a compact JWS of a device may have.</summary>
    public const int LongestReceipt = 8192;

    public async Task<Outcome> RunAsync(Guid id, string name, string? receipt, CancellationToken cancellation)
    {
        if (receipt is not { Length: > 0 and <= LongestReceipt }) { return new Outcome.Refused($"A receipt has 1 to {LongestReceipt} characters; this has {receipt?.Length ?? 0}."); }

        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation); // one consent at a time
        try
        {
            var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
            var participant = session.Of(name);
            if (TooLate(session, participant) is { } late) { return late; }

            var notice = await notices.ReadAsync(session, participant, cancellation);
            if (Refusal(receipt, participant, notice) is { } refused)
            {
                var why = $"{name}: {refused.Why}";
                await catalogue.RecordAsync(clock, AuditActor.Participant, "consent.given", id, AuditOutcome.Refused, why.Length <= 400 ? why : why[..400], cancellation);
                return refused;
            }

            if (await gates.RefusalAsync(session.Location, cancellation) is { } unsafeLocation) { return new Outcome.LocationIsNotSafe(unsafeLocation); }

            // The audit row commits before the effect; then the track; then the state, which is what lets a recorder begin.
            await catalogue.RecordAsync(clock, AuditActor.Participant, "consent.given", id, AuditOutcome.Allowed, $"{name}: {notice.Id} version {notice.Version}, {notice.Language}, {notice.Sha256}", cancellation);
            var proof = new ConsentProof(receipt, Countersignature.Of(id, receipt, clock.GetUtcNow(), notice.Text).Sign(server));
            var at = locations.Of(session.Location);
            var wraps = await at.WrapsAsync(catalogue, session, TrackName.Consent.Value, cancellation);
            var written = await track.WriteAsync(at, wraps, id, await catalogue.CommittedConsentAsync(id, cancellation), proof, cancellation);
            return await catalogue.ChangeAsync(() => SaveAsync(living, name, proof, notice, written, cancellation));
        }
        finally
        {
            living.Changing.Release();
        }
    }

    private async Task<Outcome> SaveAsync(LiveSession living, string name, ConsentProof proof, Notice notice, WrittenConsent written, CancellationToken cancellation)
    {
        // A recorder, or somebody else, may have joined since.
        var session = await catalogue.Sessions.Include(s => s.Tracks).Include(s => s.Participants).SingleAsync(s => s.Id == living.Id, cancellation);
        var participant = session.Of(name);
        if (TooLate(session, participant) is { } late) { return late; }

        Accept(session, participant, proof.Receipt, notice);
        catalogue.CommitConsent(session, written);
        session.Settle(recorderIsThere: false, clock.GetUtcNow()); // the next step begins to record, where the recorder is there
        await catalogue.SaveChangesAsync(cancellation);
        living.Proofs[Base64Url.EncodeToString(participant.ConsentDigest!)] = proof;
        living.Seen(name);
        living.Take(Standing.Of(session));
        return new Outcome.Accepted();
    }

    /// <summary>Null: the participant can decide now.</summary>
    private Outcome.TooLate? TooLate(RecordedSession session, Participant participant) =>
        !LiveRules.IsOpen(session) ? new(session.State is SessionState.Expired)
        : participant.State is not ParticipantState.Deciding ? new(participant.State is ParticipantState.Silent)
        : clock.GetUtcNow() > participant.DecideUntil ? new(TimeIsOver: true)
        : null;

    private Outcome.Refused? Refusal(string compact, Participant participant, Notice notice)
    {
        ConsentReceipt receipt;
        try
        {
            (receipt, _) = ConsentReceipt.Verify(compact, participant.Session);
        }
        catch (TrackAlteredException altered)
        {
            return new(altered.Message);
        }

        var away = (receipt.At - clock.GetUtcNow()).Duration();
        return receipt switch
        {
            _ when receipt.Participant != participant.Name => new($"The receipt is of participant '{receipt.Participant}', not of '{participant.Name}'."),
            { Decision: not ConsentReceipt.Allow } => new($"The receipt's decision is '{receipt.Decision}', not '{ConsentReceipt.Allow}'."),
            _ when receipt.Controller != notice.Controller => new("The receipt names another organization than the notice."),
            _ when receipt.Notice != new NoticeReference(notice.Id, notice.Version, notice.Language, notice.Sha256) =>
                new("The receipt is for another notice than the one that this person reads, or for another language of it.") { IsForAnotherNotice = true },
            _ when !Answers(receipt.Choices, notice.Choices) => new("The receipt allows something else than the notice asks for."),
            _ when away > ClockTolerance => new($"The device's clock is {away.TotalMinutes:0} minutes away from the server's; at most {ClockTolerance.TotalMinutes:0} are accepted.") { ClockIsAway = away },
            _ => null,
        };
    }

    /// <summary>Special categories may be agreed to or not: without the tick they are not, and the notice says that such content stays off the screen. Nobody answers what was not asked.</summary>
    private static bool Answers(ConsentChoices given, ConsentChoices asked) =>
        given with { SpecialCategories = asked.SpecialCategories } == asked && given.SpecialCategories.HasValue == asked.SpecialCategories.HasValue;

    private void Accept(RecordedSession session, Participant participant, string receipt, Notice notice)
    {
        participant.State = ParticipantState.Allowed;
        participant.ConsentAt = clock.GetUtcNow();
        participant.ConsentDigest = ConsentReceipt.DigestOf(receipt);
        participant.NoticeSha256 = notice.Sha256;
        session.ConsentAt ??= participant.ConsentAt;
        session.ConsentDigest ??= participant.ConsentDigest; // the first one opens the session, and seals its tracks
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Accepted : Outcome;

        /// <param name="Why">For the audit trail and for programs.</param>
        internal sealed record Refused(string Why) : Outcome
        {
            public bool IsForAnotherNotice { get; init; }
            public TimeSpan? ClockIsAway { get; init; }
        }

        /// <param name="TimeIsOver">Else there is a decision already, or nothing to decide any more.</param>
        internal sealed record TooLate(bool TimeIsOver) : Outcome;

        internal sealed record LocationIsNotSafe(string Why) : Outcome;
    }
}
