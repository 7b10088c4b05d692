using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Sessions;

/// <summary>One-time codes: 8 characters of Crockford's base32 (40 bits), shown as <c>ABCD-EFGH</c>, kept as HMAC-SHA-256 only.</summary>
internal sealed class SessionCodes(ServerKeys keys)
{
    /// <summary>How long a code can be redeemed.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    private const int Length = 8;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new code as people read it.</summary>
    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length).Insert(Length / 2, "-");

    /// <summary>The hash under which the code is looked up. Whatever is typed has one, so that malformed codes take as long as wrong ones.</summary>
    public byte[] Hash(string? typed) => HMACSHA256.HashData(keys.Secret, Encoding.UTF8.GetBytes("code\n" + Normalize(typed)));

    /// <summary>Capitals, without spaces and hyphens, O read as 0, I and L as 1; empty when it cannot be a code.</summary>
    internal static string Normalize(string? typed)
    {
        if (typed is not { Length: <= 64 }) { return ""; }

        var characters = typed.Where(c => c is not ('-' or ' ' or '\t')).Select(c => char.ToUpperInvariant(c) switch { 'O' => '0', 'I' or 'L' => '1', var other => other }).ToArray();
        return characters.Length == Length && characters.All(c => Alphabet.Contains(c, StringComparison.Ordinal)) ? new(characters) : "";
    }
}
