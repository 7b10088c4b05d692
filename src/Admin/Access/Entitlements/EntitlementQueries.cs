using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Which entitlements count, as questions to the catalogue.</summary>
internal static class EntitlementQueries
{
    /// <summary>Those that are neither revoked nor expired.</summary>
    public static IQueryable<Entitlement> InForce(this IQueryable<Entitlement> entitlements, DateTimeOffset now) =>
        entitlements.Where(e => e.RevokedAt == null && e.ExpiresAt > now);

    /// <summary>Those of an account, its own and those of the teams that it is in.</summary>
    /// <remarks>The teams are one parameter, however many they are: the SQL stays the same, and is not written anew for each request.</remarks>
    public static IQueryable<Entitlement> Of(this IQueryable<Entitlement> entitlements, string userName, IReadOnlyList<int> teams) =>
        entitlements.Where(e => e.Account == userName || (e.Team != null && EF.Parameter(teams).Contains(e.Team.Value)));
}
