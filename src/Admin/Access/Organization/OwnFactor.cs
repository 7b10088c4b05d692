using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Organization;

/// <summary>The second factor of this server, for accounts whose identity provider has asked for none: an authenticator that they set up once, and its code at each sign-in.</summary>
internal sealed class OwnFactor(
    AccountsDb accounts, HalfSignIn half, SecondFactor secondFactor, TotpSecrets secrets, RecoveryCodes recovery, Tries tries, KnownDevices devices, AccountSessions sessions, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>Who was vouched for in this browser and may still sign in; null: nobody.</summary>
    public async Task<Account?> FindAsync(HttpContext http, CancellationToken cancellation) =>
        half.Find(http) is { } id ? await accounts.Users.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id && account.IsExternal && account.DisabledAt == null, cancellation) : null;

    /// <summary>Takes a code of the authenticator that the account has, or a recovery code, and signs the browser in.</summary>
    public async Task<Outcome> GiveAsync(HttpContext http, Account account, string? code, CancellationToken cancellation)
    {
        var device = await devices.FindAsync(http, account.Id, cancellation);
        var mayTry = await tries.TakeAsync(account.Id, device, cancellation);
        var proof = await secondFactor.FindAsync(account, code, cancellation);
        var refusal = !mayTry ? "locked out" : proof is null ? "wrong code" : await secondFactor.UseAsync(account, proof, cancellation) ? null : "code used already";
        if (refusal is not null)
        {
            await catalogue.RecordAsync(clock, account.UserName!, "account.sign-in", null, AuditOutcome.Refused, $"organization, then its own second factor: {refusal}", cancellation);
            return new Outcome.Refused($"The code does not match, was used already, or there were too many failures: after {Tries.Limit}, wait {Tries.Lockout.TotalMinutes:0} minutes.");
        }

        await tries.ClearAsync(account.Id, device, cancellation);
        await SignInAsync(http, account, proof!.Factor, device, cancellation);
        return new Outcome.SignedIn([]);
    }

    /// <summary>Sets the account's first authenticator up, and signs the browser in. One that it has is not replaced: whoever has only the provider's word does not get by it.</summary>
    public async Task<Outcome> SetUpAsync(HttpContext http, Account account, byte[] secret, string? code, CancellationToken cancellation)
    {
        if (Totp.Match(secret, code, clock.GetUtcNow(), after: 0) is not { } step) { return new Outcome.Refused(TotpSecrets.NoMatch); }

        await catalogue.RecordAsync(clock, account.UserName!, "account.set-up", null, AuditOutcome.Allowed, "authenticator, after the organization's sign-in", cancellation);
        IReadOnlyList<string> codes;
        await using (var transaction = await accounts.BeginWritingAsync(cancellation))
        {
            var set = await accounts.Users.Where(a => a.Id == account.Id && a.ProtectedTotpSecret == null).ExecuteUpdateAsync(
                row => row.SetProperty(a => a.ProtectedTotpSecret, secrets.Protect(secret)).SetProperty(a => a.LastTotpStep, step).SetProperty(a => a.TwoFactorEnabled, true), cancellation);
            if (set == 0) { return new Outcome.Refused("An authenticator was set up meanwhile. Give its code."); }

            codes = await recovery.RenewAsync(account.Id, cancellation);
            await transaction.CommitAsync(cancellation);
        }

        await SignInAsync(http, account, SignInFactor.Authenticator, null, cancellation);
        return new Outcome.SignedIn(codes);
    }

    private async Task SignInAsync(HttpContext http, Account account, string factor, Guid? device, CancellationToken cancellation)
    {
        await catalogue.RecordAsync(clock, account.UserName!, "account.sign-in", null, AuditOutcome.Allowed, $"organization, then its own second factor: {factor}", cancellation);
        half.Forget(http);
        await devices.RememberAsync(http, account.Id, device, cancellation);
        await sessions.StartAsync(http, account, SignInFactor.OrganizationAndOwn, clock.GetUtcNow(), cancellation);
    }

    internal abstract record Outcome
    {
        private Outcome() { }

        /// <param name="RecoveryCodes">Where the authenticator was set up.</param>
        internal sealed record SignedIn(IReadOnlyList<string> RecoveryCodes) : Outcome;

        internal sealed record Refused(string Why) : Outcome;
    }
}
