using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>What an admin, or the operator at the machine, changes about an account. It is in force on the account's next request.</summary>
internal sealed class ChangeAccount(
    AccountsDb accounts, AccountRoles roles, AccountLinks links, AccountSessions sessions, SignInChanges changes, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>Gives it these roles and no others.</summary>
    public Task<Outcome> SetRolesAsync(string actor, string id, IReadOnlyList<string> wanted, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.roles", string.Join(", ", wanted), takesAdmin: !wanted.Contains(Roles.Admin), async account =>
        {
            await roles.SetAsync(account.Id, wanted, cancellation);
            return new Outcome.Done(account);
        }, account => account.IsExternal ? ["The roles of this account come from the organization's identity provider. Change them there."] : [.. AccountRules.OfRoles(wanted)], cancellation);

    /// <summary>Nobody signs in with it any more, and who is signed in is signed out.</summary>
    public Task<Outcome> DisableAsync(string actor, string id, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.disabled", null, takesAdmin: true, async account =>
        {
            await SetDisabledAsync(account.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
            await sessions.EndAllAsync(account.Id, except: null, cancellation);
            return new Outcome.Done(account);
        }, refuse: null, cancellation);

    /// <summary>It works again, with the password and the second factor that it had.</summary>
    public Task<Outcome> EnableAsync(string actor, string id, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.enabled", null, takesAdmin: false, async account =>
        {
            await SetDisabledAsync(account.Id, null, cancellation);
            return new Outcome.Done(account);
        }, refuse: null, cancellation);

    /// <summary>Takes password, second factor, passkeys and recovery codes away, signs it out everywhere, and makes a one-time link to set it up again. Who signs in at the organization needs no link: they set up another authenticator at the next sign-in.</summary>
    /// <param name="evenTheLastAdmin">At the machine itself, where the link is printed, nobody is locked out by it.</param>
    public Task<Outcome> ResetAsync(string actor, string id, bool evenTheLastAdmin, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.reset", null, takesAdmin: !evenTheLastAdmin, async account =>
        {
            await accounts.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(row => row
                .SetProperty(a => a.PasswordHash, (string?)null)
                .SetProperty(a => a.ProtectedTotpSecret, (string?)null)
                .SetProperty(a => a.AccessFailedCount, 0)
                .SetProperty(a => a.LockedUntil, 0), cancellation);
            await accounts.RecoveryCodes.Where(code => code.Account == account.Id).ExecuteDeleteAsync(cancellation);
            await accounts.UserPasskeys.Where(passkey => passkey.UserId == account.Id).ExecuteDeleteAsync(cancellation);
            await sessions.EndAllAsync(account.Id, except: null, cancellation);
            return account.IsExternal ? new Outcome.Done(account) : new Outcome.Linked(account, await links.IssueAsync(account.Id, cancellation));
        }, account => account is { IsExternal: true, ProtectedTotpSecret: null } ? ["This account signs in at the organization's identity provider: there is nothing to reset here."]
            : account.DisabledAt is not null ? ["This account is disabled. Enable it first."] : [], cancellation);

    /// <summary>Signs it out on every browser.</summary>
    public Task<Outcome> SignOutAsync(string actor, string id, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.signed-out", "everywhere", takesAdmin: false, async account =>
        {
            await sessions.EndAllAsync(account.Id, except: null, cancellation);
            return new Outcome.Done(account);
        }, refuse: null, cancellation);

    /// <summary>Lets it try again before a lock-out is over.</summary>
    public Task<Outcome> UnlockAsync(string actor, string id, CancellationToken cancellation) =>
        ChangeAsync(actor, id, "account.unlocked", null, takesAdmin: false, async account =>
        {
            await accounts.Users.Where(a => a.Id == account.Id).ExecuteUpdateAsync(row => row.SetProperty(a => a.AccessFailedCount, 0).SetProperty(a => a.LockedUntil, 0), cancellation);
            await accounts.KnownDevices.Where(d => d.Account == account.Id).ExecuteUpdateAsync(row => row.SetProperty(d => d.Failures, 0).SetProperty(d => d.LockedUntil, 0), cancellation);
            return new Outcome.Done(account);
        }, refuse: null, cancellation);

    private async Task<Outcome> ChangeAsync(
        string actor, string id, string action, string? detail, bool takesAdmin,
        Func<Account, Task<Outcome>> change, Func<Account, IReadOnlyList<string>>? refuse, CancellationToken cancellation)
    {
        if (await accounts.Users.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellation) is not { } account) { return new Outcome.NotFound(); }
        if (refuse?.Invoke(account) is { Count: > 0 } reasons) { return new Outcome.Refused(account, reasons); }

        var said = detail is null ? account.UserName : $"{account.UserName}: {detail}";
        if (!await LeavesAnAdminAsync())
        {
            await catalogue.RecordAsync(clock, actor, action, null, AuditOutcome.Refused, said, cancellation);
            return new Outcome.Refused(account, [AccountRules.OneAdminRemains]);
        }

        await catalogue.RecordAsync(clock, actor, action, null, AuditOutcome.Allowed, said, cancellation);

        // One writer at a time: two admins who take the right from each other at the same moment do not both succeed.
        await using var transaction = await accounts.BeginWritingAsync(cancellation);
        if (!await LeavesAnAdminAsync()) { return new Outcome.Refused(account, [AccountRules.OneAdminRemains]); }

        var outcome = await change(account);
        await transaction.CommitAsync(cancellation);
        changes.Announce(); // what was announced before saw what was there before
        return outcome;

        async Task<bool> LeavesAnAdminAsync() => !takesAdmin
            || !await accounts.Users.AnyAsync(a => a.Id == id && a.DisabledAt == null && (a.PasswordHash != null || a.IsExternal), cancellation)
            || !(await roles.OfAsync(id, cancellation)).Contains(Roles.Admin)
            || await AccountRules.HasOtherAdminAsync(accounts, id, cancellation);
    }

    private Task<int> SetDisabledAsync(string id, long? since, CancellationToken cancellation) =>
        accounts.Users.Where(a => a.Id == id).ExecuteUpdateAsync(row => row.SetProperty(a => a.DisabledAt, since), cancellation);

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Done(Account Account) : Outcome;
        internal sealed record Linked(Account Account, string Token) : Outcome;
        internal sealed record Refused(Account Account, IReadOnlyList<string> Reasons) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
