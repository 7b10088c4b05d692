using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureRecorder.Admin.Access;

/// <summary>Time-based one-time passwords as authenticator apps make them: HMAC-SHA-1, 6 digits, steps of 30 seconds.</summary>
/// <remarks>Source: RFC 6238, RFC 4226 §5.3. SHA-1 is what every app knows; its weaknesses do not touch HMAC.</remarks>
internal static class Totp
{
    /// <summary>Length of a secret in bytes.</summary>
    public const int SecretLength = 20;

    private const int StepSeconds = 30;
    private const int Digits = 6;
    private const int Modulus = 1_000_000;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretLength);

    /// <summary>The time step that this code belongs to, later than <paramref name="after"/>; null when it is not a code of now or of a step beside.</summary>
    public static long? Match(byte[] secret, string? code, DateTimeOffset now, long after)
    {
        var digits = new string([.. (code ?? "").Where(c => !char.IsWhiteSpace(c))]);
        if (digits.Length != Digits || digits.Any(c => !char.IsAsciiDigit(c))) { return null; }

        var current = now.ToUnixTimeSeconds() / StepSeconds;
        long? matched = null;
        for (var step = current - 1; step <= current + 1; step++)
        {
            var same = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeAt(secret, step)), Encoding.ASCII.GetBytes(digits));
            if (same && step > after) { matched = step; }
        }

        return matched;
    }

    /// <summary>The code of a moment.</summary>
    public static string CodeFor(byte[] secret, DateTimeOffset at) => CodeAt(secret, at.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>The secret as people type it: base32 in groups of four.</summary>
    public static string Readable(byte[] secret) => string.Join(' ', ToBase32(secret).Chunk(4).Select(group => new string(group)));

    /// <summary>The address that authenticator apps scan.</summary>
    public static string Address(byte[] secret, string account) =>
        $"otpauth://totp/SecureRecorder:{Uri.EscapeDataString(account)}?secret={ToBase32(secret)}&issuer=SecureRecorder&algorithm=SHA1&digits={Digits}&period={StepSeconds}";

    private static string CodeAt(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238: what authenticator apps compute
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var truncated = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0xF)..]) & int.MaxValue;
        return (truncated % Modulus).ToString("D6");
    }

    /// <summary>RFC 4648 base32; the length is a multiple of five bytes, so nothing is padded.</summary>
    private static string ToBase32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var pair = (bytes[bit / 8] << 8) | (bit / 8 + 1 < bytes.Length ? bytes[bit / 8 + 1] : 0);
            text.Append(Base32[(pair >> (11 - bit % 8)) & 31]);
        }

        return text.ToString();
    }
}
