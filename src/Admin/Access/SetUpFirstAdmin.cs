using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Makes the first account from the link that the server printed. The link works once, and never beside an account.</summary>
internal sealed class SetUpFirstAdmin(
    AccountsDb accounts, UserManager<Account> users, RoleManager<IdentityRole> roles, CatalogueDb catalogue, TotpSecrets secrets, TimeProvider clock)
{
    /// <summary>Whether the link still works.</summary>
    public async Task<bool> IsOpenAsync(string token, CancellationToken cancellation)
    {
        var (hash, now) = (SecretTokens.Hash(token), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return !await accounts.Users.AnyAsync(cancellation)
            && await accounts.SetupLinks.AnyAsync(link => link.TokenHash == hash && !link.Used && link.ExpiresAt > now, cancellation);
    }

    public async Task<Outcome> RunAsync(string token, SetupForm form, CancellationToken cancellation)
    {
        if (!await IsOpenAsync(token, cancellation)) { return new Outcome.LinkIsClosed(); }
        if (secrets.Open(form.Secret) is not { } secret) { return new Outcome.LinkIsClosed(); }
        if (form.Errors() is { Count: > 0 } errors) { return new Outcome.Invalid(errors); }
        if (Totp.Match(secret, form.Code, clock.GetUtcNow(), after: 0) is not { } step)
        {
            return new Outcome.Invalid(["The code does not match. Check that the clock of your device is right, and enter the code that it shows now."]);
        }

        await using var transaction = await accounts.Database.BeginTransactionAsync(cancellation);
        var hash = SecretTokens.Hash(token);
        var taken = await accounts.SetupLinks.Where(link => link.TokenHash == hash && !link.Used).ExecuteUpdateAsync(link => link.SetProperty(l => l.Used, true), cancellation);
        if (taken != 1 || await accounts.Users.AnyAsync(cancellation)) { return new Outcome.LinkIsClosed(); }

        foreach (var role in new[] { Roles.Admin, Roles.Technician })
        {
            if (!await roles.RoleExistsAsync(role)) { Require(await roles.CreateAsync(new(role))); }
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
        var created = await users.CreateAsync(account, form.Password!);
        if (!created.Succeeded) { return new Outcome.Invalid([.. created.Errors.Select(error => error.Description)]); }

        Require(await users.AddToRolesAsync(account, [Roles.Admin, Roles.Technician]));
        await transaction.CommitAsync(cancellation);
        await catalogue.RecordAsync(clock, account.UserName, "account.created", null, AuditOutcome.Allowed, "first admin, from the set-up link", cancellation);
        return new Outcome.Created();
    }

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded) { throw new InvalidOperationException(string.Join(' ', result.Errors.Select(error => error.Description))); }
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Created : Outcome;
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

    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(DisplayName) || DisplayName.Trim().Length > 100 || DisplayName.Any(char.IsControl)) { errors.Add("Enter your name, at most 100 characters."); }
        if (string.IsNullOrWhiteSpace(UserName) || UserName.Trim().Length > Account.UserNameLimit) { errors.Add($"Enter an e-mail address or a user name, at most {Account.UserNameLimit} characters."); }
        if ((Password?.Length ?? 0) is < AccessRegistration.MinimumPasswordLength or > 200) { errors.Add($"The password needs at least {AccessRegistration.MinimumPasswordLength} characters, and at most 200."); }
        if (Password != PasswordAgain) { errors.Add("The two passwords differ."); }
        return errors;
    }
}

/// <summary>Authenticators' secrets, protected by the server's keys wherever they leave its memory.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("totp");

    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    /// <summary>The secret, or null when it was not protected by this server.</summary>
    public byte[]? Open(string? protectedSecret)
    {
        try
        {
            return protectedSecret is null ? null : _protector.Unprotect(Convert.FromBase64String(protectedSecret));
        }
        catch (Exception refused) when (refused is FormatException or System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
