using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Receipts;

/// <summary>The link of a participant's receipt page: session, participant, and an HMAC-SHA-256 over both, so that nothing has to be stored and the link stays the same.</summary>
/// <remarks>A token is 32 hexadecimal digits, for others than the first participant a hyphen and their name, then a dot and 43 characters of base64url: 256 bits that only this server can make.</remarks>
internal sealed class ReceiptLinks(ServerKeys keys)
{
    private const int IdLength = 32;

    /// <summary>The token of a participant's receipt.</summary>
    public string TokenOf(Guid session, string participant)
    {
        var whose = participant == Participant.First ? $"{session:N}" : $"{session:N}-{participant}";
        return $"{whose}.{Base64Url.EncodeToString(HMACSHA256.HashData(keys.Secret, Encoding.ASCII.GetBytes($"receipt page\n{whose}")))}";
    }

    /// <summary>The page's path on this server.</summary>
    public static string PathOf(string token) => $"/receipts/{token}";

    /// <summary>The page's address as the person's browser knows this server.</summary>
    public string AddressOf(Guid session, string participant, HttpRequest request) => $"{request.Scheme}://{request.Host}{PathOf(TokenOf(session, participant))}";

    /// <summary>Whose receipt a token was made for, or <see langword="null"/> when this server did not make it.</summary>
    public (Guid Session, string Participant)? Read(string token)
    {
        if (token.Length <= IdLength || !Guid.TryParseExact(token.AsSpan(0, IdLength), "N", out var session)) { return null; }

        var participant = token[IdLength] == '-' && token.Length > IdLength + 3 ? token.Substring(IdLength + 1, 2) : Participant.First;

        // The whole text is compared, so that a token has one form only.
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(session, participant))) ? (session, participant) : null;
    }
}
