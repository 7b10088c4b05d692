using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>Which teams accounts are in.</summary>
internal sealed class TeamsOfAccounts(AccountsDb accounts)
{
    /// <summary>The teams of one account, by user name, in the order of their names.</summary>
    public Task<List<TeamMembership>> OfAsync(string userName, CancellationToken cancellation) =>
        Query().Where(found => found.UserName == userName).OrderBy(found => found.Name).Select(found => new TeamMembership(found.Team, found.Name, found.IsLead)).ToListAsync(cancellation);

    /// <summary>The teams of all accounts, by user name.</summary>
    public async Task<ILookup<string, TeamMembership>> AllAsync(CancellationToken cancellation) =>
        (await Query().OrderBy(found => found.Name).ToListAsync(cancellation)).ToLookup(found => found.UserName, found => new TeamMembership(found.Team, found.Name, found.IsLead), StringComparer.Ordinal);

    private IQueryable<Found> Query() =>
        from member in accounts.TeamMembers
        join team in accounts.Teams on member.Team equals team.Id
        join account in accounts.Users on member.Account equals account.Id
        select new Found { Team = team.Id, Name = team.Name, IsLead = member.IsLead, UserName = account.UserName! };

    private sealed class Found
    {
        public required int Team { get; init; }
        public required string Name { get; init; }
        public required bool IsLead { get; init; }
        public required string UserName { get; init; }
    }
}

/// <summary>A team that an account is in.</summary>
public sealed record TeamMembership(int Team, string Name, bool IsLead);
