using Microsoft.AspNetCore.Identity;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Passkeys;

/// <summary>A passkey in place of user name, password and code. Nothing of it can be guessed: too many failures of strangers do not lock it out.</summary>
internal sealed class SignInByPasskey(
    UserManager<Account> users, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, KnownDevices devices, AccountSessions sessions, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>What <c>navigator.credentials.get</c> is asked for, JSON; the device knows for whom.</summary>
    public async Task<string> AskAsync(HttpContext http, CancellationToken cancellation)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        await challenges.KeepAsync(http, account: null, asked.AssertionState!, cancellation);
        return asked.RequestOptionsJson;
    }

    /// <summary>Signs the browser in, or returns false.</summary>
    public async Task<bool> RunAsync(HttpContext http, string? credential, CancellationToken cancellation)
    {
        var state = await challenges.TakeAsync(http, account: null, cancellation);
        var answer = state is not null && credential is { Length: > 0 and <= OwnPasskeys.CredentialLimit }
            ? await handler.PerformAssertionAsync(new() { HttpContext = http, CredentialJson = credential, AssertionState = state })
            : null;
        var account = answer is { Succeeded: true } ? answer.User : null;
        var refusal = account switch
        {
            null => state is null ? "passkey: nothing was asked, or it was answered already" : "passkey: not accepted",
            { DisabledAt: not null } => "disabled",
            { IsExternal: true } => "passkey: the account signs in at the organization",
            { PasswordHash: null } => "not set up",
            _ => answer!.Passkey!.IsUserVerified ? null : "passkey: nobody was verified",
        };
        if (refusal is not null)
        {
            await catalogue.RecordAsync(clock, account?.UserName ?? AuditActor.Stranger, "account.sign-in", null, AuditOutcome.Refused, refusal, cancellation);
            return false;
        }

        AccountRoles.Require(await users.AddOrUpdatePasskeyAsync(account!, answer!.Passkey!)); // its counter has moved on
        await catalogue.RecordAsync(clock, account!.UserName!, "account.sign-in", null, AuditOutcome.Allowed, $"{SignInFactor.Passkey}: {answer.Passkey!.Name}", cancellation);
        await devices.RememberAsync(http, account.Id, await devices.FindAsync(http, account.Id, cancellation), cancellation);
        await sessions.StartAsync(http, account, SignInFactor.Passkey, clock.GetUtcNow(), cancellation);
        return true;
    }
}
