using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access.Entitlements;

namespace SecureRecorder.Admin.Access;

/// <summary>Accounts as admins see them.</summary>
internal sealed class ListPeople(AccountsDb accounts, TeamsOfAccounts teams, ListEntitlements rights, TimeProvider clock)
{
    public async Task<IReadOnlyList<ListedPerson>> AllAsync(CancellationToken cancellation) => await ReadAsync(accounts.Users, cancellation);

    public async Task<ListedPerson?> OneAsync(string id, CancellationToken cancellation) => (await ReadAsync(accounts.Users.Where(account => account.Id == id), cancellation)).SingleOrDefault();

    /// <summary>What somebody may watch beside what they started themselves.</summary>
    public Task<IReadOnlyList<ListedEntitlement>> RightsOfAsync(ListedPerson person, CancellationToken cancellation) =>
        rights.OfAsync(person.Account.UserName!, [.. person.Teams.Select(team => team.Team)], cancellation);

    private async Task<IReadOnlyList<ListedPerson>> ReadAsync(IQueryable<Account> which, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var rows = await which.AsNoTracking().OrderBy(account => account.NormalizedUserName).Select(account => new
        {
            Account = account,
            Roles = (from link in accounts.UserRoles join role in accounts.Roles on link.RoleId equals role.Id where link.UserId == account.Id select role.Name!).ToList(),
            LinkUntil = accounts.AccountLinks.Where(link => link.Account == account.Id && link.ExpiresAt > now).Select(link => (long?)link.ExpiresAt).SingleOrDefault(),
            LastSeen = accounts.Sessions.Where(session => session.Account == account.Id).Max(session => (long?)session.LastSeenAt),
        }).ToListAsync(cancellation);
        var memberships = await teams.AllAsync(cancellation);
        return [.. rows.Select(row => new ListedPerson(row.Account, row.Roles, [.. memberships[row.Account.UserName!]], row.LinkUntil, row.LastSeen, row.Account.LockedUntil > now))];
    }
}

/// <summary>An account, and what is known about it now. Times are milliseconds since 1970, UTC.</summary>
/// <param name="LinkUntil">Until when its one-time link works, if it has one.</param>
/// <param name="LastSeen">The last request of a browser that is signed in.</param>
public sealed record ListedPerson(Account Account, IReadOnlyList<string> Roles, IReadOnlyList<TeamMembership> Teams, long? LinkUntil, long? LastSeen, bool IsLocked)
{
    /// <summary>In words, with a colour of the kit.</summary>
    public (string Words, string Tone) State => this switch
    {
        { Account.DisabledAt: not null } => ("Disabled", "secondary"),
        { Account.IsSetUp: false, LinkUntil: not null } => ("Link waits to be used", "azure"),
        { Account.IsSetUp: false } => ("Link expired", "orange"),
        { IsLocked: true } => ("Locked out", "orange"),
        _ => ("Active", "green"),
    };
}
