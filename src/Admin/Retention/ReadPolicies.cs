using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Finds what the pages of policies show.</summary>
internal sealed class ReadPolicies(CatalogueDb catalogue, AccountsDb accounts)
{
    /// <summary>The organization's policy first, then every team in the order of their names.</summary>
    public async Task<IReadOnlyList<TeamPolicy>> AllAsync(CancellationToken cancellation)
    {
        var newest = (await catalogue.NewestPoliciesAsync(cancellation)).ToDictionary(policy => policy.Team);
        var organization = newest[RetentionPolicy.Organization];
        var teams = await accounts.Teams.AsNoTracking().OrderBy(team => team.Name).ToListAsync(cancellation);
        return
        [
            new(RetentionPolicy.Organization, TeamPolicy.OrganizationName, organization, organization, [], null),
            .. teams.Select(team => new TeamPolicy(team.Id, team.Name, newest.GetValueOrDefault(team.Id), organization, [], null)),
        ];
    }

    /// <summary>One policy with its versions, the newest first; null: there is no such team.</summary>
    public async Task<TeamPolicy?> OfAsync(int team, CancellationToken cancellation)
    {
        var name = team == RetentionPolicy.Organization ? TeamPolicy.OrganizationName : await accounts.Teams.Where(t => t.Id == team).Select(t => t.Name).SingleOrDefaultAsync(cancellation);
        var versions = await catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).Where(policy => policy.Team == team).OrderByDescending(policy => policy.Version).ToListAsync(cancellation);
        if (name is null && versions.Count == 0) { return null; }

        return new(
            team, name ?? $"Team {team} (removed)", versions.FirstOrDefault(), await catalogue.PolicyInForceAsync(team: null, cancellation), versions,
            await catalogue.PolicyReapplications.AsNoTracking().Where(r => r.Team == team).OrderByDescending(r => r.At).FirstOrDefaultAsync(cancellation));
    }

    /// <summary>Names of teams by number.</summary>
    public async Task<IReadOnlyDictionary<int, string>> TeamNamesAsync(CancellationToken cancellation) => await accounts.Teams.AsNoTracking().ToDictionaryAsync(team => team.Id, team => team.Name, cancellation);
}

/// <summary>The policy of the organization or of a team.</summary>
/// <param name="Newest">Null: the team never had one of its own.</param>
/// <param name="OfOrganization">The organization's newest version.</param>
/// <param name="Versions">The newest first.</param>
/// <param name="Last">When a version was last applied to what there is.</param>
public sealed record TeamPolicy(int Team, string Name, RetentionPolicy? Newest, RetentionPolicy OfOrganization, IReadOnlyList<RetentionPolicy> Versions, PolicyReapplication? Last)
{
    public const string OrganizationName = "The organization";

    public bool IsOrganization => Team == RetentionPolicy.Organization;

    /// <summary>Whether the organization's policy counts for the team.</summary>
    public bool Follows => Newest is null or { FollowsOrganization: true };

    /// <summary>What counts.</summary>
    public RetentionPolicy InForce => Follows ? OfOrganization : Newest!;
}
