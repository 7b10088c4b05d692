using Microsoft.AspNetCore.Identity;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Password and second factor, both in one step: a refusal never says which of them was wrong, nor whether there is such an account.</summary>
internal sealed class SignIn(
    UserManager<Account> users, IPasswordHasher<Account> hasher, SecondFactor secondFactor, Tries tries, KnownDevices devices, AccountSessions sessions, CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>No refusal comes sooner, so that the few writes that only an account needs do not show.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(300);

    private static readonly Account Nobody = new() { DisplayName = "" };
    private static readonly string NobodysHash = new PasswordHasher<Account>().HashPassword(Nobody, SecretTokens.Create());

    /// <summary>Signs the browser in, or returns false.</summary>
    public async Task<bool> RunAsync(HttpContext http, string? userName, string? password, string? code, CancellationToken cancellation)
    {
        var wait = Task.Delay(LeastWait, clock, cancellation);
        var account = string.IsNullOrWhiteSpace(userName) ? null : await users.FindByNameAsync(userName.Trim());
        var device = account is null ? null : await devices.FindAsync(http, account.Id, cancellation);
        var mayTry = account is not null && await tries.TakeAsync(account.Id, device, cancellation);

        // One password is hashed, whether or not there is such an account, it has a password, or it is locked.
        var matches = hasher.VerifyHashedPassword(account ?? Nobody, account?.PasswordHash ?? NobodysHash, password ?? "") is not PasswordVerificationResult.Failed;
        var proof = await secondFactor.FindAsync(account ?? Nobody, code, cancellation);
        var refusal = account switch
        {
            null => "no such account",
            { DisabledAt: not null } => "disabled",
            { PasswordHash: null } => "not set up",
            _ when !mayTry => "locked out",
            _ when !matches || proof is null => "wrong password or code",
            _ when !await secondFactor.UseAsync(account, proof, cancellation) => "code used already",
            _ => null,
        };
        if (refusal is not null)
        {
            await catalogue.RecordAsync(clock, account?.UserName ?? AuditActor.Stranger, "account.sign-in", null, AuditOutcome.Refused, refusal, cancellation);
            await wait;
            return false;
        }

        await tries.ClearAsync(account!.Id, device, cancellation);
        await catalogue.RecordAsync(clock, account.UserName!, "account.sign-in", null, AuditOutcome.Allowed, proof!.Factor, cancellation);
        await devices.RememberAsync(http, account.Id, device, cancellation);
        await sessions.StartAsync(http, account, proof.Factor, clock.GetUtcNow(), cancellation);
        return true;
    }
}
