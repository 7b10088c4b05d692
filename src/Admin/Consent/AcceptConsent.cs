using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>Takes the receipt that the person's device signed: checks all of it, countersigns, stores both, and only then may be recorded.</summary>
internal sealed class AcceptConsent(
    CatalogueDb catalogue, NoticeOfSession notices, ConsentTrack track, LiveSessions live, LocationGate gate, SigningKey server, TimeProvider clock)
{
    /// <summary>The one participant there is so far.</summary>
    public const string Participant = "p1";

    /// <summary>How far the device's clock may be from the server's.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private const int LongestReceipt = 8192;

    public async Task<Outcome> RunAsync(Guid id, string? receipt, CancellationToken cancellation)
    {
        if (receipt is not { Length: > 0 and <= LongestReceipt }) { return new Outcome.Refused($"A receipt has 1 to {LongestReceipt} characters; this has {receipt?.Length ?? 0}."); }

        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation); // one consent at a time
        try
        {
            var session = await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, cancellation);
            if (session.State is not SessionState.AwaitingConsent) { return new Outcome.TooLate(session.State); }
            if (clock.GetUtcNow() > session.DecideUntil) { return new Outcome.TooLate(SessionState.Expired); }

            var notice = await notices.ReadAsync(session, cancellation);
            if (Refusal(receipt, id, notice) is { } refused)
            {
                var why = refused.Why;
                await catalogue.RecordAsync(clock, AuditActor.Participant, "consent.given", id, AuditOutcome.Refused, why.Length <= 400 ? why : why[..400], cancellation);
                return refused;
            }

            if (await gate.RefusalAsync(cancellation) is { } unsafeLocation) { return new Outcome.LocationIsNotSafe(unsafeLocation); }

            // The audit row commits before the effect; then the track; then the state, which is what lets a recorder begin.
            await catalogue.RecordAsync(clock, AuditActor.Participant, "consent.given", id, AuditOutcome.Allowed, $"{notice.Id} version {notice.Version}, {notice.Language}, {notice.Sha256}", cancellation);
            var proof = new ConsentProof(receipt, Countersign(id, receipt, notice));
            var written = await track.WriteAsync(id, proof, cancellation);
            return await catalogue.ChangeAsync(() => SaveAsync(living, proof, notice, written, cancellation));
        }
        finally
        {
            living.Changing.Release();
        }
    }

    private async Task<Outcome> SaveAsync(LiveSession living, ConsentProof proof, Notice notice, WrittenConsent written, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.SingleAsync(s => s.Id == living.Id, cancellation); // a recorder may have joined since
        if (session.State is not SessionState.AwaitingConsent) { return new Outcome.TooLate(session.State); }

        Accept(session, proof.Receipt, notice, written);
        await catalogue.SaveChangesAsync(cancellation);
        living.Proof = proof;
        living.PersonSeen();
        living.Take(Standing.Of(session));
        return new Outcome.Accepted();
    }

    private Outcome.Refused? Refusal(string compact, Guid session, Notice notice)
    {
        ConsentReceipt receipt;
        try
        {
            (receipt, _) = ConsentReceipt.Verify(compact, session);
        }
        catch (TrackAlteredException altered)
        {
            return new(altered.Message);
        }

        var away = (receipt.At - clock.GetUtcNow()).Duration();
        return receipt switch
        {
            { Participant: not Participant } => new($"The receipt is of participant '{receipt.Participant}', not of '{Participant}'."),
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

    private string Countersign(Guid session, string receipt, Notice notice)
    {
        var word = new Countersignature(
            Countersignature.FormatName, session, Base64Url.EncodeToString(ConsentReceipt.DigestOf(receipt)), clock.GetUtcNow(), notice.Text);
        return word.Sign(server);
    }

    private void Accept(RecordedSession session, string receipt, Notice notice, WrittenConsent written)
    {
        session.State = SessionState.Ready;
        session.ConsentAt = clock.GetUtcNow();
        session.ConsentDigest = ConsentReceipt.DigestOf(receipt);
        session.NoticeSha256 = notice.Sha256;
        catalogue.Tracks.Add(new()
        {
            Session = session.Id,
            Name = TrackName.Consent.Value,
            MediaType = ConsentTrack.MediaType,
            Segments = written.Segments.Count,
            Size = written.Segments.Sum(segment => segment.Size),
            Checkpoint = Base64Url.DecodeFromChars(written.Checkpoint),
            Chain = SegmentChain.Over(session.Id, TrackName.Consent, written.Segments).Text,
        });
        catalogue.Commits.AddRange(written.Segments.Select(segment => new CommittedSegment
        {
            Session = session.Id,
            Track = TrackName.Consent.Value,
            Index = segment.Index,
            Size = segment.Size,
            Sha256 = segment.Sha256,
            Start = segment.Start,
            Duration = segment.Duration,
            Key = segment.Key,
        }));
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

        internal sealed record TooLate(SessionState State) : Outcome;
        internal sealed record LocationIsNotSafe(string Why) : Outcome;
    }
}
