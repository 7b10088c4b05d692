using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Makes an account that nobody can sign in with yet, and the one-time link with which its owner sets it up.</summary>
internal sealed class InviteAccount(
    AccountsDb accounts, UserManager<Account> users, AccountRoles roles, AccountLinks links, CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(string actor, string? userName, string? displayName, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        string[] errors = [.. AccountRules.OfName(displayName), .. AccountRules.OfUserName(userName), .. AccountRules.OfRoles(wanted)];
        if (errors.Length > 0) { return new Outcome.Refused(errors); }

        var account = new Account { UserName = userName!.Trim(), DisplayName = displayName!.Trim() };
        foreach (var validator in users.UserValidators)
        {
            if (await validator.ValidateAsync(users, account) is { Succeeded: false } invalid) { return new Outcome.Refused([.. invalid.Errors.Select(error => error.Description)]); }
        }

        await catalogue.RecordAsync(clock, actor, "account.invited", null, AuditOutcome.Allowed, $"{account.UserName}: {string.Join(", ", wanted)}", cancellation);
        await using var transaction = await accounts.BeginWritingAsync(cancellation);
        try
        {
            AccountRoles.Require(await users.CreateAsync(account));
        }
        catch (DbUpdateException) when (accounts.Users.AsNoTracking().Any(other => other.NormalizedUserName == account.NormalizedUserName))
        {
            return new Outcome.Refused([$"Username '{account.UserName}' is already taken."]); // by somebody who was faster
        }

        await roles.SetAsync(account.Id, wanted, cancellation);
        var token = await links.IssueAsync(account.Id, cancellation);
        await transaction.CommitAsync(cancellation);
        return new Outcome.Invited(account, token);
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Invited(Account Account, string Token) : Outcome;
        internal sealed record Refused(IReadOnlyList<string> Reasons) : Outcome;
    }
}
