using System.Text.Json.Serialization;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>What the person keeps: anyone can verify it with nothing else than this file.</summary>
/// <param name="Receipt">What the person's device signed, compact JWS.</param>
/// <param name="Countersignature">The server's word for it, compact JWS.</param>
/// <param name="ServerKey">The key that countersigned.</param>
/// <param name="NoticeText">The notice exactly as it was shown.</param>
/// <param name="Page">Address of the page that shows later who watched.</param>
/// <param name="PageSignature">The server's word for the address, compact JWS.</param>
/// <param name="Withdrawal">What the person's device signed when it took the consent back, compact JWS; absent: it has not.</param>
/// <param name="WithdrawalCountersignature">The server's word for that, compact JWS; there where <paramref name="Withdrawal"/> is.</param>
/// <remarks>Source: FORMAT.md §4, "The file that the person keeps".</remarks>
internal sealed record ReceiptFile(
    string Receipt, string Countersignature, PublicSigningKey ServerKey, string NoticeText, string Page, string PageSignature,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Withdrawal = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WithdrawalCountersignature = null)
{
    /// <summary>Bytes that a receipt file may have.</summary>
    public const int SizeLimit = 1 << 20;
}
