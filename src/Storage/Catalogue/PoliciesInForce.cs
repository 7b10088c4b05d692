using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Which version of which policy counts.</summary>
public static class PoliciesInForce
{
    /// <summary>The newest version of a team's own policy, or of the organization's, with its rules; null: there is none.</summary>
    public static Task<RetentionPolicy?> NewestPolicyAsync(this CatalogueDb catalogue, int team, CancellationToken cancellation) =>
        catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).Where(policy => policy.Team == team).OrderByDescending(policy => policy.Version).FirstOrDefaultAsync(cancellation);

    /// <summary>The version by which a new session of a team goes, with its rules.</summary>
    /// <param name="team">Null: of none.</param>
    /// <exception cref="InvalidOperationException">The organization has no policy: the server has not started.</exception>
    public static async Task<RetentionPolicy> PolicyInForceAsync(this CatalogueDb catalogue, int? team, CancellationToken cancellation) =>
        team is { } number && await catalogue.NewestPolicyAsync(number, cancellation) is { FollowsOrganization: false } own ? own
            : await catalogue.NewestPolicyAsync(RetentionPolicy.Organization, cancellation) ?? throw new InvalidOperationException("The organization has no retention policy.");

    /// <summary>A version with its rules; null: there is none of this number.</summary>
    public static Task<RetentionPolicy?> PolicyAsync(this CatalogueDb catalogue, int? id, CancellationToken cancellation) =>
        catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).SingleOrDefaultAsync(policy => policy.Id == id, cancellation);

    /// <summary>The newest version of each policy that there is, with its rules.</summary>
    public static async Task<IReadOnlyList<RetentionPolicy>> NewestPoliciesAsync(this CatalogueDb catalogue, CancellationToken cancellation) => await catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules)
        .Where(policy => !catalogue.RetentionPolicies.Any(later => later.Team == policy.Team && later.Version > policy.Version)).ToListAsync(cancellation);

    /// <summary>The teams that go by a policy of their own.</summary>
    public static async Task<IReadOnlyList<int>> TeamsWithTheirOwnAsync(this CatalogueDb catalogue, CancellationToken cancellation) => await catalogue.RetentionPolicies
        .Where(policy => policy.Team != RetentionPolicy.Organization && !policy.FollowsOrganization && !catalogue.RetentionPolicies.Any(later => later.Team == policy.Team && later.Version > policy.Version))
        .Select(policy => policy.Team).ToListAsync(cancellation);

    /// <summary>Of these sessions those that are over, may have something stored, and go by the policy of a team or of the organization.</summary>
    /// <param name="ownTeams"><see cref="TeamsWithTheirOwnAsync"/>.</param>
    public static IQueryable<RecordedSession> GoingBy(this IQueryable<RecordedSession> sessions, int team, IReadOnlyList<int> ownTeams)
    {
        sessions = sessions.Where(s => s.State == SessionState.Recorded || s.State == SessionState.Partial || s.State == SessionState.Failed || s.State == SessionState.Lost);
        return team != RetentionPolicy.Organization ? sessions.Where(s => s.Team == team) : ownTeams.Count == 0 ? sessions : sessions.Where(s => s.Team == null || !ownTeams.Contains(s.Team.Value));
    }
}
