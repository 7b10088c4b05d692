using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Which sessions an account sees in lists: its own, and those to whose video or chat it has a right now.</summary>
internal sealed class ScopeOfAccount(CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<SessionScope> OfAsync(Viewer viewer, CancellationToken cancellation)
    {
        var scopes = await catalogue.Entitlements.AsNoTracking().InForce(clock.GetUtcNow()).Of(viewer.UserName, viewer.Teams)
            .Select(e => new { e.ScopeTeam, e.ScopeLabel, e.ScopeSession }).Distinct().ToListAsync(cancellation);
        return new(
            viewer.UserName,
            [.. scopes.Select(scope => scope.ScopeTeam).OfType<int>()],
            [.. scopes.Select(scope => scope.ScopeLabel).OfType<string>()],
            [.. scopes.Select(scope => scope.ScopeSession).OfType<Guid>()]);
    }
}
