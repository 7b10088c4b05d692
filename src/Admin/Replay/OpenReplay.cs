using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Approvals;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>Opens a replay for a viewer and a purpose. The attempt is in the audit trail, whatever comes of it, before a byte is sent. A sensitive session takes an approval, which is used up.</summary>
internal sealed class OpenReplay(
    CatalogueDb catalogue, ReplayEntitlements entitlements, PurposesOfSession purposes, ApprovalsOfRequester approvals,
    IOptions<ReplayOptions> options, IOptions<ApprovalOptions> approvalOptions, TimeProvider clock)
{
    /// <param name="purpose">One of the session's purposes; of a sensitive session, the purpose for which it was approved counts.</param>
    public Task<Outcome> RunAsync(Guid session, Viewer viewer, string? purpose, CancellationToken cancellation) => catalogue.ChangeAsync<Outcome>(async () =>
    {
        var right = await entitlements.Of(viewer, catalogue.Sessions.AsNoTracking().Where(s => s.Id == session)).SingleOrDefaultAsync(cancellation);
        if (right is null) { return new Outcome.NotFound(); }
        if (!right.MayReplay) { return await RefusedAsync(new Outcome.NotFound(), "no right to it"); } // a stranger does not learn that it exists

        var approval = right.IsSensitive ? await approvals.UsableAsync(ApprovalKind.Replay, session, viewer.UserName, cancellation) : null;
        if (right.IsSensitive && approval is null) { return await RefusedAsync(new Outcome.NeedsApproval(), "sensitive, and not approved"); }

        var known = await purposes.OfAsync(session, cancellation);
        var wanted = approval?.Purpose ?? purpose;
        if (!known.Contains(wanted, StringComparer.Ordinal)) { return await RefusedAsync(new Outcome.UnknownPurpose(), "a purpose that the notice did not name"); }

        var now = clock.GetUtcNow();
        approval?.Use(now);
        var grant = new ReplayGrant
        {
            Id = Guid.CreateVersion7(now),
            Session = session,
            Viewer = viewer.UserName,
            Purpose = wanted!,
            GrantedAt = now,
            ExpiresAt = now.AddMinutes(approval is null ? options.Value.GrantMinutes : Math.Min(options.Value.GrantMinutes, approvalOptions.Value.Minutes)),
            Approval = approval?.Id,
        };
        catalogue.ReplayGrants.Add(grant);
        catalogue.Record(clock, viewer.UserName, "replay.open", session, AuditOutcome.Allowed, approval is null ? wanted : $"{wanted}, approved by {approval.DecidedBy}");
        await catalogue.SaveChangesAsync(cancellation); // no audit row, no replay; no approval left, no second one
        return new Outcome.Opened(grant.Id);

        async Task<Outcome> RefusedAsync(Outcome outcome, string why)
        {
            await catalogue.RecordAsync(clock, viewer.UserName, "replay.open", session, AuditOutcome.Refused, why, cancellation);
            return outcome;
        }
    });

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Opened(Guid Grant) : Outcome;
        internal sealed record NeedsApproval : Outcome;
        internal sealed record UnknownPurpose : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
