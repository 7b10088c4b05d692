using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Makes the first account from the link that the server printed. The link works once, and never beside an account.</summary>
internal sealed class SetUpFirstAdmin(
    AccountsDb accounts, UserManager<Account> users, AccountRoles roles, RecoveryCodes recovery, KnownDevices devices, CatalogueDb catalogue, TotpSecrets secrets, TimeProvider clock)
{
    /// <summary>Whether the link still works.</summary>
    public async Task<bool> IsOpenAsync(string token, CancellationToken cancellation)
    {
        var (hash, now) = (SecretTokens.Hash(token), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return !await accounts.Users.AnyAsync(cancellation)
            && await accounts.SetupLinks.AnyAsync(link => link.TokenHash == hash && !link.Used && link.ExpiresAt > now, cancellation);
    }

    public async Task<Outcome> RunAsync(string token, SetupForm form, HttpContext http, CancellationToken cancellation)
    {
        if (!await IsOpenAsync(token, cancellation)) { return new Outcome.LinkIsClosed(); }
        if (secrets.Open(form.Secret) is not { } secret) { return new Outcome.LinkIsClosed(); }
        if (form.Errors() is { Count: > 0 } errors) { return new Outcome.Invalid(errors); }
        if (Totp.Match(secret, form.Code, clock.GetUtcNow(), after: 0) is not { } step)
        {
            return new Outcome.Invalid([TotpSecrets.NoMatch]);
        }

        var account = new Account
        {
            UserName = form.UserName!.Trim(),
            Email = form.UserName.Contains('@', StringComparison.Ordinal) ? form.UserName.Trim() : null,
            DisplayName = form.DisplayName!.Trim(),
            ProtectedTotpSecret = secrets.Protect(secret),
            LastTotpStep = step,
            TwoFactorEnabled = true,
        };
        foreach (var validator in users.UserValidators)
        {
            if (await validator.ValidateAsync(users, account) is { Succeeded: false } invalid) { return new Outcome.Invalid([.. invalid.Errors.Select(error => error.Description)]); }
        }

        await catalogue.RecordAsync(clock, account.UserName, "account.created", null, AuditOutcome.Allowed, "first admin, from the set-up link", cancellation);
        await using var transaction = await accounts.BeginWritingAsync(cancellation);
        var hash = SecretTokens.Hash(token);
        var taken = await accounts.SetupLinks.Where(link => link.TokenHash == hash && !link.Used).ExecuteUpdateAsync(link => link.SetProperty(l => l.Used, true), cancellation);
        if (taken != 1 || await accounts.Users.AnyAsync(cancellation)) { return new Outcome.LinkIsClosed(); }

        var created = await users.CreateAsync(account, form.Password!);
        if (!created.Succeeded) { return new Outcome.Invalid([.. created.Errors.Select(error => error.Description)]); }

        await roles.SetAsync(account.Id, [Roles.Admin, Roles.Technician], cancellation);
        var codes = await recovery.RenewAsync(account.Id, cancellation);
        await devices.RememberAsync(http, account.Id, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Outcome.Created(codes);
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Created(IReadOnlyList<string> RecoveryCodes) : Outcome;
        internal sealed record Invalid(IReadOnlyList<string> Errors) : Outcome;
        internal sealed record LinkIsClosed : Outcome;
    }
}

/// <summary>What the set-up page sends.</summary>
public sealed class SetupForm
{
    public string? DisplayName { get; set; }
    public string? UserName { get; set; }
    public string? Password { get; set; }
    public string? PasswordAgain { get; set; }

    /// <summary>The authenticator's secret, protected, as the page was given it.</summary>
    public string? Secret { get; set; }

    public string? Code { get; set; }

    public IReadOnlyList<string> Errors() => [.. AccountRules.OfName(DisplayName), .. AccountRules.OfUserName(UserName), .. AccountRules.OfPassword(Password, PasswordAgain)];
}
