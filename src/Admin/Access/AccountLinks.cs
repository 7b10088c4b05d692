using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>One-time links with which invited and reset accounts are set up. There is no mail: who makes one hands it over.</summary>
internal sealed class AccountLinks(AccountsDb accounts, TimeProvider clock)
{
    public static readonly TimeSpan Validity = TimeSpan.FromHours(72);

    /// <summary>Where the holder of a token goes.</summary>
    public static string PathOf(string token) => $"/welcome/{token}";

    /// <summary>A new link in place of an older one; its token is nowhere but in the answer.</summary>
    public async Task<string> IssueAsync(string account, CancellationToken cancellation)
    {
        var token = SecretTokens.Create();
        await accounts.AccountLinks.Where(link => link.Account == account).ExecuteDeleteAsync(cancellation);
        accounts.AccountLinks.Add(new() { Account = account, TokenHash = SecretTokens.Hash(token), ExpiresAt = clock.GetUtcNow().Add(Validity).ToUnixTimeMilliseconds() });
        await accounts.SaveChangesAsync(cancellation);
        return token;
    }

    /// <summary>The account that this link sets up, or null when the link is wrong, used, replaced or expired, or the account disabled.</summary>
    public async Task<Account?> FindAsync(string token, CancellationToken cancellation)
    {
        var (hash, now) = (SecretTokens.Hash(token), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return await (from link in accounts.AccountLinks
                      join account in accounts.Users on link.Account equals account.Id
                      where link.TokenHash == hash && link.ExpiresAt > now && account.DisabledAt == null
                      select account).SingleOrDefaultAsync(cancellation);
    }

    /// <summary>Uses the link up; false: somebody just did.</summary>
    public async Task<bool> UseAsync(string token, CancellationToken cancellation)
    {
        var (hash, now) = (SecretTokens.Hash(token), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return await accounts.AccountLinks.Where(link => link.TokenHash == hash && link.ExpiresAt > now).ExecuteDeleteAsync(cancellation) == 1;
    }
}
