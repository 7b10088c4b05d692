using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>What people change about their own account. Each change asks for the password again: a browser left open is not enough.</summary>
internal sealed class OwnAccount(
    AccountsDb accounts, UserManager<Account> users, Tries tries, KnownDevices devices, AccountSessions sessions, RecoveryCodes recovery, TotpSecrets secrets, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>A new password; every other browser is signed out.</summary>
    /// <returns>Why it was refused; empty: done.</returns>
    public async Task<IReadOnlyList<string>> ChangePasswordAsync(HttpContext http, Account account, string? password, string? chosen, string? again, CancellationToken cancellation)
    {
        if (AccountRules.OfPassword(chosen, again).ToArray() is { Length: > 0 } errors) { return errors; }
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, account, chosen) is { Succeeded: false } weak) { return [.. weak.Errors.Select(error => error.Description)]; }
        }

        if (await RefusalAsync(http, account, "account.password", password, cancellation) is { } refusal) { return [refusal]; }

        var hash = users.PasswordHasher.HashPassword(account, chosen!);
        await accounts.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(row => row.SetProperty(a => a.PasswordHash, hash), cancellation);
        await EndOthersAsync(http, account, cancellation);
        return [];
    }

    /// <summary>Another authenticator in place of the one that there was.</summary>
    /// <returns>Why it was refused; empty: done.</returns>
    public async Task<IReadOnlyList<string>> ReplaceAuthenticatorAsync(HttpContext http, Account account, string? password, byte[] secret, string? code, CancellationToken cancellation)
    {
        if (Totp.Match(secret, code, clock.GetUtcNow(), after: 0) is not { } step) { return [TotpSecrets.NoMatch]; }
        if (await RefusalAsync(http, account, "account.authenticator", password, cancellation) is { } refusal) { return [refusal]; }

        await accounts.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(
            row => row.SetProperty(a => a.ProtectedTotpSecret, secrets.Protect(secret)).SetProperty(a => a.LastTotpStep, step), cancellation);
        await EndOthersAsync(http, account, cancellation);
        return [];
    }

    /// <summary>New recovery codes in place of the old ones, or why not.</summary>
    public async Task<(IReadOnlyList<string> Codes, string? Refusal)> RenewRecoveryCodesAsync(HttpContext http, Account account, string? password, CancellationToken cancellation) =>
        await RefusalAsync(http, account, "account.recovery-codes", password, cancellation) is { } refusal ? ([], refusal) : (await recovery.RenewAsync(account.Id, cancellation), null);

    /// <summary>Ends one of their own sign-ins, or all but this one.</summary>
    public async Task SignOutAsync(HttpContext http, Account account, Guid? session, CancellationToken cancellation)
    {
        await catalogue.RecordAsync(clock, account.UserName!, "account.signed-out", null, AuditOutcome.Allowed, session is null ? "everywhere else" : "one browser", cancellation);
        if (session is { } one) { await sessions.EndAsync(account.Id, one, cancellation); return; }

        await EndOthersAsync(http, account, cancellation);
    }

    /// <summary>Signs every other browser out, and forgets them.</summary>
    public async Task EndOthersAsync(HttpContext http, Account account, CancellationToken cancellation)
    {
        await sessions.EndAllAsync(account.Id, AccountSessions.IdOf(http.User), cancellation);
        await devices.RememberAsync(http, account.Id, null, cancellation);
    }

    /// <summary>Asks for the password; what is to happen is in the trail before it happens.</summary>
    /// <returns>Why not; null: it was right.</returns>
    public async Task<string?> RefusalAsync(HttpContext http, Account account, string action, string? password, CancellationToken cancellation)
    {
        if (account.PasswordHash is null) { return "This account signs in at the organization's identity provider."; }

        var device = await devices.FindAsync(http, account.Id, cancellation);
        var refusal = !await tries.TakeAsync(account.Id, device, cancellation) ? $"Too many failures. Wait {Tries.Lockout.TotalMinutes:0} minutes and try again."
            : users.PasswordHasher.VerifyHashedPassword(account, account.PasswordHash, password ?? "") is PasswordVerificationResult.Failed ? "The password that you have now is not right."
            : null;
        await catalogue.RecordAsync(clock, account.UserName!, action, null, refusal is null ? AuditOutcome.Allowed : AuditOutcome.Refused, refusal is null ? null : "password not confirmed", cancellation);
        if (refusal is null) { await tries.ClearAsync(account.Id, device, cancellation); }
        return refusal;
    }
}
