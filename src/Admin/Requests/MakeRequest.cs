using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Requests;

/// <summary>The recorded person asks for something: a case for the organization, with a limit to how many may be open.</summary>
internal sealed class MakeRequest(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>Open cases that a participant may have.</summary>
    public const int OpenLimit = 5;

    private const string Action = "request.made";

    public async Task<Outcome> RunAsync(Guid session, string participant, RequestDraft draft, CancellationToken cancellation)
    {
        if (RequestKinds.Read(draft.Kind) is not { } kind) { return new Outcome.Refused(words => words.ChooseOne); }

        var (text, contact) = (TypedText.Clean(draft.Text), TypedText.Clean(draft.Contact));
        if (text.Length > RequestCase.TextLimit) { return new Outcome.Refused(words => words.TextTooLong(text.Length, RequestCase.TextLimit)); }
        if (contact.Length > RequestCase.ContactLimit) { return new Outcome.Refused(words => words.ContactTooLong(contact.Length, RequestCase.ContactLimit)); }

        // Counted and added under one lock, so that many at once are not more than the limit.
        await using var transaction = await catalogue.BeginWritingAsync(cancellation);
        var open = await catalogue.RequestCases.CountAsync(request => request.Session == session && request.Participant == participant && request.State == RequestState.Open, cancellation);
        var now = clock.GetUtcNow();
        if (open < OpenLimit)
        {
            catalogue.RequestCases.Add(new() { Id = Guid.CreateVersion7(now), Session = session, Participant = participant, Kind = kind, Text = text, Contact = contact.Length == 0 ? null : contact, At = now });
        }

        await catalogue.RecordAsync(
            clock, AuditActor.Participant, Action, session, open < OpenLimit ? AuditOutcome.Allowed : AuditOutcome.Refused, RequestKinds.NameOf(kind), cancellation);
        await transaction.CommitAsync(cancellation);
        return open < OpenLimit ? new Outcome.Made() : new Outcome.TooMany();
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Made : Outcome;
        internal sealed record TooMany : Outcome;

        /// <param name="Why">In the person's language.</param>
        internal sealed record Refused(Func<RequestWords, string> Why) : Outcome;
    }
}

/// <summary>What the person typed, so that nothing of it is lost when it is refused.</summary>
public sealed record RequestDraft(string? Kind, string? Text, string? Contact);
