using System.Globalization;
using System.Security.Claims;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Who asks, as the accounts had it at the beginning of this request: teams and roles that were taken away since the sign-in are not there.</summary>
/// <param name="UserName">What sessions, rights and the audit trail name.</param>
/// <param name="Teams">Numbers of the teams that they are in.</param>
/// <param name="Leads">Numbers of those that they lead.</param>
public sealed record Viewer(string UserName, IReadOnlyList<int> Teams, IReadOnlyList<int> Leads, bool IsAdmin)
{
    private const string TeamClaim = "team";
    private const string LeadClaim = "team-lead";

    /// <summary>Whether they may decide for others: grant rights, approve.</summary>
    public bool Decides => IsAdmin || Leads.Count > 0;

    /// <summary>Whether they may decide about a session of this team.</summary>
    public bool DecidesFor(int? team) => IsAdmin || (team is { } number && Leads.Contains(number));

    /// <param name="user">Signed in.</param>
    public static Viewer Of(ClaimsPrincipal user) => new(user.Identity!.Name!, Numbers(user, TeamClaim), Numbers(user, LeadClaim), user.IsInRole(Roles.Admin));

    /// <summary>What the account's teams are, for its principal.</summary>
    internal static IEnumerable<Claim> ClaimsOf(IEnumerable<(int Team, bool IsLead)> teams) => teams.SelectMany(IEnumerable<Claim> (member) =>
    {
        var number = member.Team.ToString(CultureInfo.InvariantCulture);
        return member.IsLead ? [new(TeamClaim, number), new(LeadClaim, number)] : [new(TeamClaim, number)];
    });

    private static int[] Numbers(ClaimsPrincipal user, string claim) => [.. user.FindAll(claim).Select(found => int.Parse(found.Value, CultureInfo.InvariantCulture))];
}
