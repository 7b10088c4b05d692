using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Approvals;

/// <summary>Where the requests of one account stand.</summary>
internal sealed class ApprovalsOfRequester(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>What the account last asked for, of this kind and for this session.</summary>
    public async Task<RequestedApproval?> LastAsync(ApprovalKind kind, Guid session, string requester, CancellationToken cancellation) =>
        await Of(kind, session, requester).AsNoTracking().FirstOrDefaultAsync(cancellation) is { } last ? new(last, last.Standing(clock.GetUtcNow())) : null;

    /// <summary>The approval that the account can use now, to be used with <see cref="Approval.Use"/> and saved together with what it allows; null: there is none.</summary>
    /// <remarks>It is tracked. Of two uses at once, the later one fails with <see cref="DbUpdateConcurrencyException"/>: make the change in <see cref="ConcurrentChange.ChangeAsync"/>.</remarks>
    public async Task<Approval?> UsableAsync(ApprovalKind kind, Guid session, string requester, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        return await Of(kind, session, requester).FirstOrDefaultAsync(a => a.State == ApprovalState.Approved && a.ExpiresAt > now, cancellation);
    }

    private IQueryable<Approval> Of(ApprovalKind kind, Guid session, string requester) =>
        catalogue.Approvals.Where(a => a.Kind == kind && a.Session == session && a.Requester == requester).OrderByDescending(a => a.RequestedAt);
}

/// <summary>A request, and where it stands now.</summary>
public sealed record RequestedApproval(Approval Approval, RequestStanding Stands);

/// <summary>Where a request stands at a moment.</summary>
public enum RequestStanding
{
    /// <summary>For somebody to decide.</summary>
    Waiting,

    /// <summary>To be used now.</summary>
    Approved,
    Refused,
    Used,

    /// <summary>Nobody decided in time, or it was not used in time.</summary>
    Expired,
}

/// <summary>Approvals in words.</summary>
internal static class ApprovalWords
{
    public static RequestStanding Standing(this Approval approval, DateTimeOffset now) => approval.State switch
    {
        ApprovalState.Refused => RequestStanding.Refused,
        ApprovalState.Used => RequestStanding.Used,
        _ when approval.ExpiresAt <= now => RequestStanding.Expired,
        ApprovalState.Approved => RequestStanding.Approved,
        _ => RequestStanding.Waiting,
    };

    public static string Of(ApprovalKind kind) => kind switch { ApprovalKind.Replay => "replay", _ => "export" };
}
