using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Access;

/// <summary>Ten codes, shown once, each of which works once in place of the authenticator's: 50 random bits, kept as a keyed hash.</summary>
internal sealed class RecoveryCodes(AccountsDb accounts, ServerKeys keys, TimeProvider clock)
{
    public const int Count = 10;
    private const int Half = 5;

    /// <summary>Letters and digits that nobody mistakes for each other; 32 of them, so each is 5 bits.</summary>
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// <summary>New codes in place of the old ones.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(string account, CancellationToken cancellation)
    {
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, 2 * Half).Insert(Half, "-")).ToList();
        await accounts.RecoveryCodes.Where(code => code.Account == account).ExecuteDeleteAsync(cancellation);
        accounts.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { Account = account, Hash = Hash(account, Plain(code)!) }));
        await accounts.SaveChangesAsync(cancellation);
        return codes;
    }

    /// <summary>Whether this is one of the account's unused codes. It is not used up yet.</summary>
    public async Task<RecoveryCode?> FindAsync(string account, string? code, CancellationToken cancellation)
    {
        var hash = Hash(account, Plain(code) ?? "");
        var found = await accounts.RecoveryCodes.AsNoTracking().SingleOrDefaultAsync(c => c.Account == account && c.Hash == hash && c.UsedAt == null, cancellation);
        return Plain(code) is null ? null : found;
    }

    /// <summary>Uses the code up; false: somebody just did.</summary>
    public async Task<bool> UseAsync(RecoveryCode code, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await accounts.RecoveryCodes.Where(c => c.Id == code.Id && c.UsedAt == null).ExecuteUpdateAsync(row => row.SetProperty(c => c.UsedAt, now), cancellation) == 1;
    }

    public Task<int> LeftAsync(string account, CancellationToken cancellation) =>
        accounts.RecoveryCodes.CountAsync(code => code.Account == account && code.UsedAt == null, cancellation);

    private byte[] Hash(string account, string code) => HMACSHA256.HashData(keys.Secret, Encoding.UTF8.GetBytes($"recovery code\n{account}\n{code}"));

    /// <summary>As it was made, however it was typed; null when it has not the shape of a code.</summary>
    private static string? Plain(string? typed)
    {
        var letters = string.Concat((typed ?? "").Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters.Length == 2 * Half ? letters : null;
    }
}
