using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Replay;

/// <summary>Checks, on every request, that a grant is the viewer's, is open, and that the viewer is still entitled.</summary>
internal sealed class ReplayAccess(CatalogueDb catalogue, ReplayEntitlements entitlements, TimeProvider clock)
{
    /// <summary>The grant and its session, without its tracks, or <see langword="null"/>: then nothing may be sent. Refusals are audited.</summary>
    public async Task<GrantedReplay?> FindAsync(Guid grant, ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (user.Identity is not { IsAuthenticated: true, Name: not null }) { return null; }

        var viewer = Viewer.Of(user);
        var found = await (from g in catalogue.ReplayGrants.AsNoTracking()
                           join right in entitlements.Of(viewer, catalogue.Sessions.AsNoTracking()) on g.Session equals right.Session.Id
                           where g.Id == grant
                           select new { Grant = g, Right = right }).SingleOrDefaultAsync(cancellation);
        if (found is null) { return null; }

        var now = clock.GetUtcNow();
        var refusal = found switch
        {
            _ when found.Grant.Viewer != viewer.UserName => "the replay is somebody else's",
            _ when found.Grant.RevokedAt is not null || found.Grant.ExpiresAt <= now => "the replay was closed",
            { Right.MayReplay: false } => "the right to it is gone",
            { Right.IsSensitive: true, Grant.Approval: null } => "the session is sensitive now, and nobody has approved this replay",
            _ => null,
        };
        if (refusal is null) { return new(found.Grant, found.Right); }

        await RefuseAsync(viewer.UserName, found.Right.Session.Id, refusal, cancellation);
        return null;
    }

    /// <summary>Whether this track may be sent. A refusal is audited.</summary>
    public async Task<bool> AllowsAsync(GrantedReplay replay, TrackName track, CancellationToken cancellation)
    {
        if (replay.Right.Allows(track)) { return true; }

        await RefuseAsync(replay.Grant.Viewer, replay.Session.Id, $"the right is not to {track.Value}", cancellation);
        return false;
    }

    private Task RefuseAsync(string viewer, Guid session, string why, CancellationToken cancellation) =>
        catalogue.RecordAsync(clock, viewer, "replay.read", session, AuditOutcome.Refused, why, cancellation);
}

/// <summary>An open replay, and what its viewer may see at this moment.</summary>
public sealed record GrantedReplay(ReplayGrant Grant, ReplayRight Right)
{
    public RecordedSession Session => Right.Session;
}
