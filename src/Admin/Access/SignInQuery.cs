using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>What a sign-in is and may do, asked on every request: translated once a server, and flat, so that reading it costs little.</summary>
internal sealed class SignInQuery
{
    private readonly Func<AccountsDb, Guid, long, long, IAsyncEnumerable<Row>> _run = EF.CompileAsyncQuery((AccountsDb accounts, Guid id, long now, long awake) =>
        from session in accounts.Sessions.AsNoTracking()
        join account in accounts.Users on session.Account equals account.Id
        where session.Id == id && session.ExpiresAt > now && session.LastSeenAt > awake && account.DisabledAt == null
        from role in (from link in accounts.UserRoles join named in accounts.Roles on link.RoleId equals named.Id where link.UserId == account.Id select named).DefaultIfEmpty()
        from member in accounts.TeamMembers.Where(m => m.Account == account.Id).DefaultIfEmpty()
        select new Row(account.Id, account.UserName, session.LastSeenAt, session.FactorAt, role!.Name, (int?)member!.Team, (bool?)member.IsLead));

    /// <summary>One row for each role with each team; none: the sign-in is over, or its account disabled.</summary>
    /// <param name="now">Milliseconds since 1970, UTC.</param>
    /// <param name="awake">Who was last seen before this has been signed out.</param>
    public IAsyncEnumerable<Row> RunAsync(AccountsDb accounts, Guid id, long now, long awake) => _run(accounts, id, now, awake);

    /// <param name="Role">Null: it has none.</param>
    /// <param name="Team">Null: it is in none.</param>
    internal sealed record Row(string Account, string? UserName, long LastSeenAt, long FactorAt, string? Role, int? Team, bool? IsLead);
}
