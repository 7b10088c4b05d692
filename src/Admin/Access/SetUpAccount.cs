using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>The owner of an invited or reset account sets its password and second factor, with the link that works once.</summary>
internal sealed class SetUpAccount(
    AccountsDb accounts, UserManager<Account> users, AccountLinks links, TotpSecrets secrets, RecoveryCodes recovery, KnownDevices devices, CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(string token, SetupForm form, HttpContext http, CancellationToken cancellation)
    {
        if (await links.FindAsync(token, cancellation) is not { } account || secrets.Open(form.Secret) is not { } secret) { return new Outcome.LinkIsClosed(); }

        string[] errors = [.. AccountRules.OfName(form.DisplayName), .. AccountRules.OfPassword(form.Password, form.PasswordAgain)];
        if (errors.Length > 0) { return new Outcome.Invalid(errors); }
        if (Totp.Match(secret, form.Code, clock.GetUtcNow(), after: 0) is not { } step) { return new Outcome.Invalid([TotpSecrets.NoMatch]); }
        foreach (var validator in users.PasswordValidators)
        {
            if (await validator.ValidateAsync(users, account, form.Password) is { Succeeded: false } weak) { return new Outcome.Invalid([.. weak.Errors.Select(error => error.Description)]); }
        }

        await catalogue.RecordAsync(clock, account.UserName!, "account.set-up", null, AuditOutcome.Allowed, "password and authenticator, from a one-time link", cancellation);
        await using var transaction = await accounts.BeginWritingAsync(cancellation);
        if (!await links.UseAsync(token, cancellation)) { return new Outcome.LinkIsClosed(); }

        var hash = users.PasswordHasher.HashPassword(account, form.Password!);
        await accounts.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(row => row
            .SetProperty(a => a.DisplayName, form.DisplayName!.Trim())
            .SetProperty(a => a.PasswordHash, hash)
            .SetProperty(a => a.ProtectedTotpSecret, secrets.Protect(secret))
            .SetProperty(a => a.LastTotpStep, step)
            .SetProperty(a => a.TwoFactorEnabled, true)
            .SetProperty(a => a.AccessFailedCount, 0)
            .SetProperty(a => a.LockedUntil, 0), cancellation);
        var codes = await recovery.RenewAsync(account.Id, cancellation);
        await devices.RememberAsync(http, account.Id, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Outcome.Done(codes);
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Done(IReadOnlyList<string> RecoveryCodes) : Outcome;
        internal sealed record Invalid(IReadOnlyList<string> Errors) : Outcome;
        internal sealed record LinkIsClosed : Outcome;
    }
}
