using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access.Entitlements;

namespace SecureRecorder.Admin.Access;

/// <summary>Which browsers are signed in. A cookie says which row it is; row, account, roles and teams are read on every request, so what is revoked is gone on the next one.</summary>
internal sealed class AccountSessions(AccountsDb accounts, SignInQuery query, SignInChanges changes, IOptions<SignInOptions> options, TimeProvider clock)
{
    private const string SessionClaim = "sid";

    /// <summary>How exactly the last request is known: writing it for each would make every request a write.</summary>
    private static readonly TimeSpan Exactness = TimeSpan.FromMinutes(1);

    /// <summary>Signs this browser in.</summary>
    /// <param name="factorAt">When the second factor was proved; null: not known.</param>
    public async Task StartAsync(HttpContext http, Account account, string factor, DateTimeOffset? factorAt, CancellationToken cancellation)
    {
        var now = Now;
        await accounts.Sessions.Where(s => s.ExpiresAt <= now).ExecuteDeleteAsync(cancellation);
        var session = new AccountSession
        {
            Id = Guid.NewGuid(),
            Account = account.Id,
            StartedAt = now,
            LastSeenAt = now,
            ExpiresAt = now + (long)TimeSpan.FromHours(options.Value.Hours).TotalMilliseconds,
            Device = DeviceWords.Of(http.Request.Headers.UserAgent.ToString()),
            Factor = factor,
            FactorAt = factorAt is { } at ? Math.Min(at.ToUnixTimeMilliseconds(), now) : 0,
        };
        accounts.Sessions.Add(session);
        await accounts.SaveChangesAsync(cancellation);
        http.User = Principal(session.Id, account.Id, account.UserName!, []);
        await http.SignInAsync(IdentityConstants.ApplicationScheme, http.User);
    }

    /// <summary>Ends this browser's sign-in.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken cancellation)
    {
        if (IdOf(http.User) is { } id) { await accounts.Sessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellation); }
        changes.Announce();
        await http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Ends one of an account's sign-ins.</summary>
    public async Task<bool> EndAsync(string account, Guid session, CancellationToken cancellation)
    {
        var ended = await accounts.Sessions.Where(s => s.Id == session && s.Account == account).ExecuteDeleteAsync(cancellation);
        changes.Announce();
        return ended == 1;
    }

    /// <summary>Ends all of an account's sign-ins but this one, and forgets the browsers that it knew.</summary>
    public async Task EndAllAsync(string account, Guid? except, CancellationToken cancellation)
    {
        await accounts.Sessions.Where(s => s.Account == account && s.Id != except).ExecuteDeleteAsync(cancellation);
        await accounts.KnownDevices.Where(device => device.Account == account).ExecuteDeleteAsync(cancellation);
        changes.Announce();
    }

    /// <summary>The sign-ins that still work, the last used first.</summary>
    public Task<List<AccountSession>> ListAsync(string account, CancellationToken cancellation)
    {
        var (now, awake) = (Now, IdleSince);
        return accounts.Sessions.AsNoTracking().Where(s => s.Account == account && s.ExpiresAt > now && s.LastSeenAt > awake)
            .OrderByDescending(s => s.LastSeenAt).ToListAsync(cancellation);
    }

    /// <summary>The row that this user's cookie names.</summary>
    public static Guid? IdOf(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>Puts what the account is and may do now in place of what it was when the cookie was written, or refuses the cookie.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<AccountSessions>();
        if (context.Principal is { } user && IdOf(user) is { } id && await sessions.FindAsync(id, isRequest: true, context.HttpContext.RequestAborted) is { } current)
        {
            context.ReplacePrincipal(current);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>Whether who was let in may still be there: what goes on after its request asks again and again. It is no request, and keeps nobody signed in.</summary>
    public async Task<bool> IsStillAsync(ClaimsPrincipal user, string role, CancellationToken cancellation) =>
        IdOf(user) is { } id && (await FindAsync(id, isRequest: false, cancellation))?.IsInRole(role) is true;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long IdleSince => Now - (long)TimeSpan.FromMinutes(options.Value.IdleMinutes).TotalMilliseconds;

    private async Task<ClaimsPrincipal?> FindAsync(Guid id, bool isRequest, CancellationToken cancellation)
    {
        var (now, awake) = (Now, IdleSince);
        var rows = await query.RunAsync(accounts, id, now, awake).ToListAsync(cancellation);
        if (rows.Count == 0) { return null; }

        var found = rows[0];
        if (isRequest && now - found.LastSeenAt >= Exactness.TotalMilliseconds)
        {
            await accounts.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(row => row.SetProperty(s => s.LastSeenAt, now), cancellation);
        }

        var roles = rows.Select(row => row.Role).OfType<string>().Distinct(StringComparer.Ordinal);
        var teams = rows.Where(row => row.Team is not null).Select(row => (row.Team!.Value, row.IsLead ?? false)).Distinct();
        return Principal(id, found.Account, found.UserName!, [FreshFactor.ClaimOf(found.FactorAt), .. roles.Select(role => new Claim(ClaimTypes.Role, role)), .. Viewer.ClaimsOf(teams)]);
    }

    private static ClaimsPrincipal Principal(Guid session, string account, string userName, IEnumerable<Claim> rights) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, account), new(ClaimTypes.Name, userName), new(SessionClaim, session.ToString()), .. rights],
        IdentityConstants.ApplicationScheme));
}
