using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>Checks, on every request, that a grant is the viewer's, is open, and that the viewer is still entitled.</summary>
internal sealed class ReplayAccess(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>The grant and its session, or <see langword="null"/>: then nothing may be sent. Refusals are audited.</summary>
    public async Task<GrantedReplay?> FindAsync(Guid grant, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var viewer = user.Identity is { IsAuthenticated: true, Name: { } name } ? name : null;
        if (viewer is null) { return null; }

        var found = await (from g in catalogue.ReplayGrants.AsNoTracking()
                           join s in catalogue.Sessions.AsNoTracking().Include(s => s.Tracks) on g.Session equals s.Id
                           where g.Id == grant
                           select new GrantedReplay(g, s)).SingleOrDefaultAsync(cancellation);
        if (found is null) { return null; }
        if (found.Grant.Viewer == viewer
            && found.Grant.RevokedAt is null
            && found.Grant.ExpiresAt > clock.GetUtcNow()
            && ReplayEntitlements.Allow(viewer, found.Session))
        {
            return found;
        }

        catalogue.Audit.Add(new AuditRow
        {
            At = clock.GetUtcNow(),
            Actor = viewer,
            Action = "replay.read",
            Session = found.Session.Id,
            Outcome = "refused",
            Detail = found.Grant.Viewer == viewer ? "the replay was closed, or the right to it is gone" : "the replay is somebody else's",
        });
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    }
}

/// <summary>An open replay.</summary>
public sealed record GrantedReplay(ReplayGrant Grant, RecordedSession Session);
