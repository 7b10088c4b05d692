using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>Approves or refuses what somebody else asked for. Org admins decide all, leads those about their teams' sessions, nobody their own; who decides needs no right to watch.</summary>
internal sealed class DecideApproval(CatalogueDb catalogue, IOptions<ApprovalOptions> options, TimeProvider clock)
{
    /// <param name="reason">Needed to refuse; otherwise may be empty.</param>
    public Task<Outcome> RunAsync(Guid id, Viewer decider, bool approve, string? reason, CancellationToken cancellation) => catalogue.ChangeAsync<Outcome>(async () =>
    {
        var approval = await catalogue.Approvals.SingleOrDefaultAsync(a => a.Id == id, cancellation);
        var session = approval is null ? null : await catalogue.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == approval.Session, cancellation);
        if (approval is null || session is null) { return new Outcome.NotFound(); }

        var now = clock.GetUtcNow();
        var (action, text) = (approve ? "approval.approved" : "approval.refused", reason?.Trim() ?? "");
        if (!decider.DecidesFor(session.Team) && approval.Requester != decider.UserName)
        {
            await RefusedAsync("neither an admin nor a lead of the session's team");
            return new Outcome.NotFound(); // nor do they learn of it
        }

        if (approval.Requester == decider.UserName) { return await RefusedAsync("Nobody decides what they asked for themselves."); }
        switch (approval.Standing(now))
        {
            case RequestStanding.Expired: return await RefusedAsync("The request is too old. Whoever asked can ask again.");
            case not RequestStanding.Waiting: return await RefusedAsync($"{approval.DecidedBy} has decided it already.");
        }

        if (text.Length > Approval.TextLimit || text.Any(char.IsControl) || (!approve && text.Length == 0)) { return new Outcome.Refused($"Say why, on one line of at most {Approval.TextLimit} characters."); }

        (approval.State, approval.DecidedBy, approval.DecidedAt, approval.Reason) = (approve ? ApprovalState.Approved : ApprovalState.Refused, decider.UserName, now, text.Length == 0 ? null : text);
        if (approve) { approval.ExpiresAt = now.AddMinutes(options.Value.Minutes); }
        catalogue.Record(clock, decider.UserName, action, approval.Session, AuditOutcome.Allowed, AuditText.Of($"{ApprovalWords.Of(approval.Kind)} by {approval.Requester}: {approval.Purpose}{(text.Length == 0 ? "" : $". {text}")}"));
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Decided();

        async Task<Outcome> RefusedAsync(string why)
        {
            await catalogue.RecordAsync(clock, decider.UserName, action, approval.Session, AuditOutcome.Refused, why, cancellation);
            return new Outcome.Refused(why);
        }
    });

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Decided : Outcome;
        internal sealed record Refused(string Reason) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
