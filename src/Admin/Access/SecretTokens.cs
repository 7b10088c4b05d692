using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SecureRecorder.Admin.Access;

/// <summary>Random tokens for links, cookies and recorders: 256 bits, base64url. The server keeps their digests only.</summary>
internal static class SecretTokens
{
    private const int LengthInBytes = 32;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(LengthInBytes));

    /// <summary>SHA-256 of the token's text: enough for a secret that cannot be guessed.</summary>
    public static byte[] Hash(string? token) => SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""));
}
