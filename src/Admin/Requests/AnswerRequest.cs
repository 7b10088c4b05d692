using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Requests;

/// <summary>The organization answers a case, which closes it. The person reads the answer on the page of their receipt.</summary>
internal sealed class AnswerRequest(CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(Guid id, string account, string? typed, CancellationToken cancellation)
    {
        var request = await catalogue.RequestCases.SingleOrDefaultAsync(r => r.Id == id, cancellation);
        if (request is null) { return new Outcome.NotFound(); }
        if (request.State is RequestState.Closed) { return new Outcome.AlreadyClosed(); }

        var answer = TypedText.Clean(typed);
        if (answer.Length is 0 or > RequestCase.TextLimit)
        {
            return new Outcome.Refused(answer.Length == 0 ? "Write an answer: the person reads it." : $"The answer has {answer.Length} characters; it may have {RequestCase.TextLimit}.");
        }

        (request.State, request.Answer, request.ClosedBy, request.ClosedAt) = (RequestState.Closed, answer, account, clock.GetUtcNow());
        try
        {
            await catalogue.RecordAsync(clock, account, "request.answered", request.Session, AuditOutcome.Allowed, RequestKinds.NameOf(request.Kind), cancellation);
            return new Outcome.Closed();
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Outcome.AlreadyClosed();
        }
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Closed : Outcome;
        internal sealed record AlreadyClosed : Outcome;
        internal sealed record NotFound : Outcome;
        internal sealed record Refused(string Why) : Outcome;
    }
}
