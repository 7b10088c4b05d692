using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>Browsers that have signed in before, by a cookie that only this server can write. It opens nothing: it is what tells an owner from strangers who guess.</summary>
internal sealed class KnownDevices(AccountsDb accounts, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string CookieName = "device";

    /// <summary>Browsers that one account is known by; the one that was not used for longest makes room.</summary>
    private const int Limit = 10;

    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);
    private readonly IDataProtector _protector = protection.CreateProtector("device");

    /// <summary>The account's row for this browser, or null.</summary>
    public async Task<Guid?> FindAsync(HttpContext http, string account, CancellationToken cancellation)
    {
        if (Read(http) is not { } id) { return null; }
        var since = clock.GetUtcNow().Subtract(Validity).ToUnixTimeMilliseconds();
        return await accounts.KnownDevices.AnyAsync(device => device.Id == id && device.Account == account && device.LastUsedAt > since, cancellation) ? id : null;
    }

    /// <summary>This browser has just signed in.</summary>
    public async Task RememberAsync(HttpContext http, string account, Guid? known, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (known is { } id)
        {
            await accounts.KnownDevices.Where(device => device.Id == id).ExecuteUpdateAsync(row => row.SetProperty(device => device.LastUsedAt, now), cancellation);
        }
        else
        {
            id = Guid.NewGuid();
            var oldest = await accounts.KnownDevices.Where(device => device.Account == account).OrderByDescending(device => device.LastUsedAt).Skip(Limit - 1).Select(device => device.Id).ToListAsync(cancellation);
            await accounts.KnownDevices.Where(device => oldest.Contains(device.Id)).ExecuteDeleteAsync(cancellation);
            accounts.KnownDevices.Add(new() { Id = id, Account = account, LastUsedAt = now });
            await accounts.SaveChangesAsync(cancellation);
        }

        http.Response.Cookies.Append(CookieName, Convert.ToBase64String(_protector.Protect(id.ToByteArray())), new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            MaxAge = Validity,
            IsEssential = true,
        });
    }

    private Guid? Read(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[CookieName] is { } value ? new Guid(_protector.Unprotect(Convert.FromBase64String(value))) : null;
        }
        catch (Exception notOurs) when (notOurs is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}
