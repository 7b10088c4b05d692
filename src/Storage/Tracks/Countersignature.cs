using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureRecorder.Storage.Tracks;

/// <summary>The server's word that it received this receipt, when, and which text it had shown.</summary>
/// <param name="Receipt">Base64url of the consent digest.</param>
/// <param name="NoticeText">Exactly as shown; the receipt has its digest.</param>
/// <remarks>Source: FORMAT.md §4. It is segment 1 of the consent track, so that the text outlives the catalogue.</remarks>
public sealed record Countersignature(
    string Format,
    Guid Session,
    string Receipt,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At,
    string NoticeText)
{
    public const string FormatName = "secure-recorder/countersignature/1";
    public const string JwsType = "secure-recorder-countersignature+jws";

    /// <summary>Of a receipt that was received now.</summary>
    /// <param name="receiptJws">The receipt, compact.</param>
    public static Countersignature Of(Guid session, string receiptJws, DateTimeOffset now, string noticeText) =>
        new(FormatName, session, Base64Url.EncodeToString(ConsentReceipt.DigestOf(receiptJws)), now, noticeText);

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.Countersignature), JwsType, server);

    /// <summary>Checks the signature and the shape, that it is over this receipt, and that the text is the one that the receipt names.</summary>
    /// <param name="receiptJws">The receipt, compact, as <see cref="ConsentReceipt.Verify(string)"/> accepted it.</param>
    /// <returns>The countersignature and the key that made it: the caller compares it with the server's.</returns>
    /// <exception cref="TrackAlteredException">It is not a countersignature of this receipt.</exception>
    public static (Countersignature Countersignature, PublicSigningKey Signer) Verify(string compactJws, string receiptJws, ConsentReceipt receipt)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        Countersignature? over;
        try
        {
            over = JsonSerializer.Deserialize(verified.Payload, FormatJson.Default.Countersignature);
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The countersignature is not what FORMAT.md §4 says: {malformed.Message}", malformed);
        }

        if (over is not { Format: FormatName }) { throw new TrackAlteredException($"The countersignature's format is '{over?.Format}', not '{FormatName}'."); }
        if (over.Session != receipt.Session) { throw new TrackAlteredException($"The countersignature is of session {over.Session}, not of {receipt.Session}."); }
        if (over.Receipt != Base64Url.EncodeToString(ConsentReceipt.DigestOf(receiptJws))) { throw new TrackAlteredException("The countersignature is over another receipt."); }

        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(over.NoticeText))) == receipt.Notice.Sha256
            ? (over, verified.Key)
            : throw new TrackAlteredException("The notice text of the countersignature is not the one that the receipt names.");
    }
}
