using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>Whom the identity provider has vouched for, and who has still to give their second factor here. A cookie that only this server can write; it opens nothing but the page that asks for the factor.</summary>
internal sealed class HalfSignIn(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string CookieName = "half";
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("half sign-in");

    public void Keep(HttpContext http, string account) => http.Response.Cookies.Append(
        CookieName, protector.Protect($"{(clock.GetUtcNow() + Validity).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)} {account}"), Options(http));

    /// <summary>The account's id; null: nobody was vouched for in this browser, or too long ago.</summary>
    public string? Find(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[CookieName] is { } value
                && protector.Unprotect(value).Split(' ') is [var until, var account]
                && long.Parse(until, CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeMilliseconds() ? account : null;
        }
        catch (CryptographicException)
        {
            return null; // not written by this server
        }
    }

    public void Forget(HttpContext http) => http.Response.Cookies.Delete(CookieName, Options(http));

    private static CookieOptions Options(HttpContext http) => new() { Path = OwnFactorEndpoints.Path, HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, MaxAge = Validity, IsEssential = true };
}
