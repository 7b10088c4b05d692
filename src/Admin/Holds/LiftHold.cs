using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>Lifts a legal hold: one org admin asks and says why, another one confirms. What its sessions' time is over for is then deleted by the next purge.</summary>
internal sealed class LiftHold(CatalogueDb catalogue, IOptions<ApprovalOptions> options, TimeProvider clock)
{
    /// <summary>Asks. After a request that nobody confirmed in time another one can be made.</summary>
    /// <param name="reason">Why it is not needed any more.</param>
    public Task<Outcome> AskAsync(Guid id, string actor, string? reason, CancellationToken cancellation) => ChangeAsync(id, actor, "hold.lift-asked", hold =>
    {
        if (IsAsked(hold)) { return $"{hold.LiftAskedBy} has asked already."; }
        if (!HoldForm.IsReason(reason)) { return HoldForm.ReasonNeeded; }

        (hold.LiftAskedBy, hold.LiftAskedAt, hold.LiftReason) = (actor, clock.GetUtcNow(), reason!.Trim());
        return null;
    }, cancellation);

    /// <summary>Confirms what somebody else asked.</summary>
    public Task<Outcome> ConfirmAsync(Guid id, string actor, CancellationToken cancellation) => ChangeAsync(id, actor, "hold.lifted", hold =>
    {
        if (!IsAsked(hold)) { return "Nobody asks to lift it, or the request is too old. Ask first."; }
        if (hold.LiftAskedBy == actor) { return "Nobody confirms what they asked for themselves: another org admin does."; }

        (hold.LiftedBy, hold.LiftedAt) = (actor, clock.GetUtcNow());
        return null;
    }, cancellation);

    /// <summary>Takes the request back, one's own or somebody else's: the hold stays.</summary>
    public Task<Outcome> KeepAsync(Guid id, string actor, CancellationToken cancellation) => ChangeAsync(id, actor, "hold.kept", hold =>
    {
        if (hold.LiftAskedAt is null) { return "Nobody asks to lift it."; }

        (hold.LiftAskedBy, hold.LiftAskedAt, hold.LiftReason) = (null, null, null);
        return null;
    }, cancellation);

    /// <summary>The owner, or another admin, has looked: it is still needed, until the next review.</summary>
    /// <param name="day">Of the next review, as <c>yyyy-MM-dd</c>.</param>
    public Task<Outcome> ReviewAsync(Guid id, string actor, string? day, CancellationToken cancellation) => ChangeAsync(id, actor, "hold.reviewed", hold =>
    {
        if (HoldForm.DayOf(day) is not { } next || !HoldForm.IsReview(next, clock.GetUtcNow())) { return HoldForm.ReviewNeeded; }

        hold.ReviewAt = next;
        return null;
    }, cancellation);

    /// <summary>Whether somebody asks to lift it, and another one can still confirm.</summary>
    public bool IsAsked(LegalHold hold) => hold.LiftedAt is null && hold.LiftAskedAt is { } asked && clock.GetUtcNow() < asked.AddHours(options.Value.RequestHours);

    /// <param name="change">Returns why not; null: it is done.</param>
    private Task<Outcome> ChangeAsync(Guid id, string actor, string action, Func<LegalHold, string?> change, CancellationToken cancellation) => catalogue.ChangeAsync<Outcome>(async () =>
    {
        if (await catalogue.Holds.SingleOrDefaultAsync(h => h.Id == id, cancellation) is not { } hold) { return new Outcome.NotFound(); }

        var refusal = hold.LiftedAt is not null ? $"{hold.LiftedBy} has lifted it already." : change(hold);
        if (refusal is not null)
        {
            catalogue.ChangeTracker.Clear();
            await catalogue.RecordAsync(clock, actor, action, hold.Session, AuditOutcome.Refused, AuditText.Of($"{id}: {refusal}"), cancellation);
            return new Outcome.Refused(refusal);
        }

        catalogue.Record(clock, actor, action, hold.Session, AuditOutcome.Allowed, AuditText.Of(action switch
        {
            "hold.lifted" => $"{id}: asked by {hold.LiftAskedBy}",
            "hold.reviewed" => $"{id}: again on {hold.ReviewAt:yyyy-MM-dd}",
            _ => $"{id}",
        }));
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Done();
    });

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Done : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
