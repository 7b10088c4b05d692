using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>Requests as the page of approvals shows them.</summary>
internal sealed class ListApprovals(CatalogueDb catalogue, TimeProvider clock)
{
    private const int Most = 100;

    /// <summary>What waits for this person, the oldest first.</summary>
    public async Task<IReadOnlyList<ListedApproval>> WaitingAsync(Viewer decider, CancellationToken cancellation)
    {
        var (now, leads) = (clock.GetUtcNow(), decider.Leads);
        var waiting = from approval in catalogue.Approvals
                      join session in catalogue.Sessions on approval.Session equals session.Id
                      where approval.State == ApprovalState.Asked && approval.ExpiresAt > now && approval.Requester != decider.UserName
                          && (decider.IsAdmin || (session.Team != null && leads.Contains(session.Team.Value)))
                      orderby approval.RequestedAt
                      select new { approval, session };
        return [.. (await waiting.AsNoTracking().Take(Most).ToListAsync(cancellation)).Select(row => new ListedApproval(row.approval, row.session, RequestStanding.Waiting))];
    }

    /// <summary>What this person asked for, and what they decided, the last first.</summary>
    public async Task<IReadOnlyList<ListedApproval>> PastAsync(Viewer viewer, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var past = from approval in catalogue.Approvals
                   join session in catalogue.Sessions on approval.Session equals session.Id
                   where approval.Requester == viewer.UserName || approval.DecidedBy == viewer.UserName
                   orderby approval.RequestedAt descending
                   select new { approval, session };
        return [.. (await past.AsNoTracking().Take(Most / 2).ToListAsync(cancellation)).Select(row => new ListedApproval(row.approval, row.session, row.approval.Standing(now)))];
    }
}

/// <summary>A request and its session.</summary>
public sealed record ListedApproval(Approval Approval, RecordedSession Session, RequestStanding Stands);
