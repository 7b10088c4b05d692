using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Rights that are in force, as pages show them.</summary>
internal sealed class ListEntitlements(CatalogueDb catalogue, AccountsDb accounts, TimeProvider clock)
{
    public const int PageLength = 50;

    /// <summary>What an account may watch beside what it started itself, the last granted first.</summary>
    public async Task<IReadOnlyList<ListedEntitlement>> OfAsync(string userName, IReadOnlyList<int> teams, CancellationToken cancellation) =>
        await ReadAsync(catalogue.Entitlements.InForce(clock.GetUtcNow()).Of(userName, teams).OrderByDescending(e => e.GrantedAt).Take(PageLength), cancellation);

    /// <summary>A page of the rights that somebody may take away, the last granted first; one more than a page holds, where there are more.</summary>
    public async Task<IReadOnlyList<ListedEntitlement>> ToDecideAsync(Viewer actor, int page, CancellationToken cancellation)
    {
        var all = catalogue.Entitlements.InForce(clock.GetUtcNow());
        var leads = actor.Leads;
        if (!actor.IsAdmin)
        {
            all = all.Where(e => (e.ScopeTeam != null && leads.Contains(e.ScopeTeam.Value))
                || catalogue.Sessions.Any(s => s.Id == e.ScopeSession && s.Team != null && leads.Contains(s.Team.Value)));
        }

        return await ReadAsync(all.OrderByDescending(e => e.GrantedAt).Skip((page - 1) * PageLength).Take(PageLength + 1), cancellation);
    }

    private async Task<IReadOnlyList<ListedEntitlement>> ReadAsync(IQueryable<Entitlement> which, CancellationToken cancellation)
    {
        var found = await which.AsNoTracking().ToListAsync(cancellation);
        var teams = await accounts.Teams.AsNoTracking().ToDictionaryAsync(team => team.Id, team => team.Name, cancellation);
        return [.. found.Select(e => new ListedEntitlement(e, e.Team is { } team ? $"Members of {EntitlementWords.Team(team, teams)}" : e.Account!, EntitlementWords.Scope(e, teams)))];
    }
}

/// <summary>A right in words.</summary>
/// <param name="Who">Whom it is for.</param>
/// <param name="What">Which sessions.</param>
public sealed record ListedEntitlement(Entitlement Entitlement, string Who, string What);
