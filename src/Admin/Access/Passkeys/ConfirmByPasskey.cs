using Microsoft.AspNetCore.Identity;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>A passkey of the account proves the second factor again, in the sign-in that was asked. Another account's proves nothing here.</summary>
internal sealed class ConfirmByPasskey(
    UserManager<Account> users, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, FreshFactor factor, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>What <c>navigator.credentials.get</c> is asked for, JSON: one of this account's passkeys.</summary>
    public async Task<string> AskAsync(HttpContext http, Account account, CancellationToken cancellation)
    {
        var asked = await handler.MakeRequestOptionsAsync(account, http);
        await challenges.KeepAsync(http, PasskeyChallenges.ToConfirm(http), asked.AssertionState!, cancellation);
        return asked.RequestOptionsJson;
    }

    /// <returns>Why it was refused; null: the factor is fresh.</returns>
    public async Task<string?> RunAsync(HttpContext http, string? credential, CancellationToken cancellation)
    {
        var account = await users.GetUserAsync(http.User) ?? throw new InvalidOperationException("Nobody is signed in.");
        var state = await challenges.TakeAsync(http, PasskeyChallenges.ToConfirm(http), cancellation);
        var answer = state is not null && credential is { Length: > 0 and <= OwnPasskeys.CredentialLimit }
            ? await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = credential, AssertionState = state })
            : null;
        var refusal = answer switch
        {
            null => "passkey: nothing was asked, or it was answered already",
            { Succeeded: false } => "passkey: not accepted",
            _ when answer.User!.Id != account.Id => "passkey: another account's",
            _ => answer.Passkey!.IsUserVerified ? null : "passkey: nobody was verified",
        };
        await catalogue.RecordAsync(
            clock, account.UserName!, "account.second-factor", null, refusal is null ? AuditOutcome.Allowed : AuditOutcome.Refused, refusal ?? $"{SignInFactor.Passkey}: {answer!.Passkey!.Name}", cancellation);
        if (refusal is not null) { return "This passkey does not confirm it: it is another account's, took too long, or was used already. Try again."; }

        AccountRoles.Require(await users.AddOrUpdatePasskeyAsync(account, answer!.Passkey!)); // its counter has moved on
        await factor.ProvedAsync(http, cancellation);
        return null;
    }
}
