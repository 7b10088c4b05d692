using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>A question that a passkey answers, once and soon. The browser that was asked has the token of it.</summary>
internal sealed class PasskeyChallenge
{
    public int Id { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    [MaxLength(32)] public required byte[] TokenHash { get; init; }

    /// <summary>What it is asked for: an account's id (its passkey is to be added), <c>confirm</c> and a sign-in's id (it proves its factor again), or null (somebody signs in).</summary>
    [MaxLength(128)] public string? Account { get; init; }

    /// <summary>What was asked, as the framework wants to have it back.</summary>
    [MaxLength(8000)] public required string State { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public required long ExpiresAt { get; init; }
}

/// <summary>Keeps questions for passkeys until they are answered: in the database, so that no answer counts twice, on whichever server.</summary>
internal sealed class PasskeyChallenges(AccountsDb accounts, TimeProvider clock)
{
    public const string CookieName = "passkey";
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    /// <summary>What a sign-in that proves its factor again is asked for: no answer to that adds a passkey or signs in, nor the other way round.</summary>
    public static string ToConfirm(HttpContext http) => $"confirm {AccountSessions.IdOf(http.User)}";

    /// <param name="account">What it is asked for: see <see cref="PasskeyChallenge.Account"/>.</param>
    public async Task KeepAsync(HttpContext http, string? account, string state, CancellationToken cancellation)
    {
        var (token, now) = (SecretTokens.Create(), Now);
        await accounts.PasskeyChallenges.Where(challenge => challenge.ExpiresAt <= now).ExecuteDeleteAsync(cancellation);
        accounts.PasskeyChallenges.Add(new() { TokenHash = SecretTokens.Hash(token), Account = account, State = state, ExpiresAt = now + (long)Validity.TotalMilliseconds });
        await accounts.SaveChangesAsync(cancellation);
        http.Response.Cookies.Append(CookieName, token, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, MaxAge = Validity, IsEssential = true });
    }

    /// <summary>What this browser was asked, which is used up by that; null: nothing, or it was answered already, or too long ago.</summary>
    public async Task<string?> TakeAsync(HttpContext http, string? account, CancellationToken cancellation)
    {
        if (http.Request.Cookies[CookieName] is not { } token) { return null; }

        http.Response.Cookies.Delete(CookieName);
        var (hash, now) = (SecretTokens.Hash(token), Now);
        var found = await accounts.PasskeyChallenges.AsNoTracking().SingleOrDefaultAsync(challenge => challenge.TokenHash == hash && challenge.Account == account && challenge.ExpiresAt > now, cancellation);
        return found is not null && await accounts.PasskeyChallenges.Where(challenge => challenge.Id == found.Id).ExecuteDeleteAsync(cancellation) == 1 ? found.State : null;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
