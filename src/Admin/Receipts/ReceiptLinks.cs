using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Receipts;

/// <summary>The link of a receipt's page: the session's id and an HMAC-SHA-256 over it, so that nothing has to be stored and the link stays the same.</summary>
/// <remarks>A token is 32 hexadecimal digits, a dot, and 43 characters of base64url: 256 bits that only this server can make.</remarks>
internal sealed class ReceiptLinks(ServerKeys keys)
{
    private const int IdLength = 32;

    /// <summary>The token of a session's receipt.</summary>
    public string TokenOf(Guid session) =>
        $"{session:N}.{Base64Url.EncodeToString(HMACSHA256.HashData(keys.Secret, Encoding.ASCII.GetBytes($"receipt page\n{session:N}")))}";

    /// <summary>The page's path on this server.</summary>
    public static string PathOf(string token) => $"/receipts/{token}";

    /// <summary>The page's address as the person's browser knows this server.</summary>
    public string AddressOf(Guid session, HttpRequest request) => $"{request.Scheme}://{request.Host}{PathOf(TokenOf(session))}";

    /// <summary>The session that a token was made for, or <see langword="null"/> when this server did not make it.</summary>
    public Guid? Read(string token)
    {
        if (token.Length <= IdLength || !Guid.TryParseExact(token.AsSpan(0, IdLength), "N", out var session)) { return null; }

        // The whole text is compared, so that a token has one form only.
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.ASCII.GetBytes(TokenOf(session))) ? session : null;
    }
}
