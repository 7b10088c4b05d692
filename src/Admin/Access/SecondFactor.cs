using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>The code of the authenticator, or a recovery code in its place. Each works once.</summary>
internal sealed class SecondFactor(AccountsDb accounts, TotpSecrets secrets, RecoveryCodes recovery, TimeProvider clock)
{
    /// <summary>What this code proves, or null. Both kinds are looked for, whatever was typed.</summary>
    public async Task<Proof?> FindAsync(Account account, string? code, CancellationToken cancellation)
    {
        var step = secrets.Open(account.ProtectedTotpSecret) is { } secret ? Totp.Match(secret, code, clock.GetUtcNow(), account.LastTotpStep) : null;
        var recoveryCode = await recovery.FindAsync(account.Id, code, cancellation);
        return step is not null ? new(SignInFactor.Authenticator, step.Value, null) : recoveryCode is not null ? new(SignInFactor.RecoveryCode, 0, recoveryCode) : null;
    }

    /// <summary>Uses it up; false: the same code was faster elsewhere.</summary>
    public async Task<bool> UseAsync(Account account, Proof proof, CancellationToken cancellation) => proof.Code is { } code
        ? await recovery.UseAsync(code, cancellation)
        : await accounts.Users.Where(a => a.Id == account.Id && a.LastTotpStep < proof.Step).ExecuteUpdateAsync(row => row.SetProperty(a => a.LastTotpStep, proof.Step), cancellation) == 1;

    /// <param name="Factor">A <see cref="SignInFactor"/>.</param>
    internal sealed record Proof(string Factor, long Step, RecoveryCode? Code);
}
