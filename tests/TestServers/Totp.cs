using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SecureRecorder.TestServers;

/// <summary>An authenticator app: six digits of a shared secret and the time.</summary>
/// <remarks>Source: RFC 6238 with SHA-1 and 30 seconds.</remarks>
public static class Totp
{
    private const int Step = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The code of now, or of a later step, for a secret in base32 as people read it.</summary>
    public static string CodeOf(string secret, TimeProvider clock, int stepsAhead = 0)
    {
        var bits = string.Concat(secret.Where(c => Base32.Contains(char.ToUpperInvariant(c), StringComparison.Ordinal))
            .Select(c => Convert.ToString(Base32.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var key = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)).ToArray();
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, clock.GetUtcNow().ToUnixTimeSeconds() / Step + stepsAhead);
#pragma warning disable CA5350 // RFC 6238 and every authenticator app
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return $"{number % 1_000_000:D6}";
    }
}
