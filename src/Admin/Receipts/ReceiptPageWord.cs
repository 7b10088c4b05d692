using System.Buffers.Text;
using System.Text.Json;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>The server's word that this address is the page of this receipt, so that nobody sends a person elsewhere with their own receipt.</summary>
/// <param name="Receipt">Base64url of the consent digest.</param>
/// <remarks>Source: FORMAT.md §4, "The file that the person keeps".</remarks>
internal sealed record ReceiptPageWord(string Format, Guid Session, string Receipt, string Page)
{
    public const string FormatName = "secure-recorder/receipt-page/1";
    public const string JwsType = "secure-recorder-receipt-page+jws";

    /// <summary>Signs it: the compact JWS.</summary>
    public static string Sign(Guid session, string receiptJws, string page, SigningKey server) =>
        Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(Of(session, receiptJws, page), ReceiptJson.Default.ReceiptPageWord), JwsType, server);

    /// <summary>Checks that the server whose key this is gave this address to this receipt.</summary>
    /// <exception cref="TrackAlteredException">It did not.</exception>
    public static void Verify(string compactJws, Guid session, string receiptJws, string page, PublicSigningKey server)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        if (verified.Key != server) { throw new TrackAlteredException("The page's address is signed with another key than the receipt."); }

        ReceiptPageWord? word;
        try
        {
            word = JsonSerializer.Deserialize(verified.Payload, ReceiptJson.Default.ReceiptPageWord);
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The signature of the page's address is not what FORMAT.md §4 says: {malformed.Message}", malformed);
        }

        if (word != Of(session, receiptJws, page)) { throw new TrackAlteredException("The page's address is not the one that the server gave to this receipt."); }
    }

    private static ReceiptPageWord Of(Guid session, string receiptJws, string page) =>
        new(FormatName, session, Base64Url.EncodeToString(ConsentReceipt.DigestOf(receiptJws)), page);
}
