using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Password and authenticator code, both in one step: a refusal never says which of them was wrong.</summary>
internal sealed class SignIn(
    UserManager<Account> users, SignInManager<Account> signIn, IPasswordHasher<Account> hasher, TotpSecrets secrets, CatalogueDb catalogue, TimeProvider clock)
{
    private static readonly Account Nobody = new() { DisplayName = "" };
    private static readonly string NobodysHash = new PasswordHasher<Account>().HashPassword(Nobody, SecretTokens.Create());

    /// <summary>Signs the browser in, or returns false.</summary>
    public async Task<bool> RunAsync(string? userName, string? password, string? code, CancellationToken cancellation)
    {
        var account = string.IsNullOrWhiteSpace(userName) ? null : await users.FindByNameAsync(userName.Trim());
        if (account is null)
        {
            hasher.VerifyHashedPassword(Nobody, NobodysHash, password ?? ""); // takes as long as for an account that exists
            return false;
        }

        var locked = await users.IsLockedOutAsync(account);
        var rightPassword = await users.CheckPasswordAsync(account, password ?? "");
        var step = secrets.Open(account.ProtectedTotpSecret) is { } secret ? Totp.Match(secret, code, clock.GetUtcNow(), account.LastTotpStep) : null;
        if (locked || !rightPassword || step is null)
        {
            if (!locked) { await users.AccessFailedAsync(account); }
            await catalogue.RecordAsync(clock, account.UserName!, "account.sign-in", null, AuditOutcome.Refused, locked ? "locked out" : "wrong password or code", cancellation);
            return false;
        }

        account.LastTotpStep = step.Value;
        await users.ResetAccessFailedCountAsync(account);
        var saved = await users.UpdateAsync(account);
        if (!saved.Succeeded) { return false; } // the same code twice at once: one of them wins
        await catalogue.RecordAsync(clock, account.UserName!, "account.sign-in", null, AuditOutcome.Allowed, null, cancellation);
        await signIn.SignInWithClaimsAsync(account, isPersistent: false, [new Claim("amr", "mfa")]);
        return true;
    }
}
