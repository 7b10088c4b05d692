using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The receipt, for the person to keep.</summary>
internal static class ReceiptEndpoint
{
    public static async Task<IResult> DownloadAsync(ClaimsPrincipal user, CatalogueDb catalogue, ConsentProofs proofs, SigningKey server, HttpContext http, CancellationToken cancellation)
    {
        var id = user.SessionId();
        var session = await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, cancellation);
        if (session.ConsentAt is null) { return ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no receipt.", "You have not allowed a recording."); }

        try
        {
            var proof = await proofs.ReadAsync(session.Id, cancellation);
            var (word, _) = Countersignature.Verify(proof.Countersignature, proof.Receipt, ConsentReceipt.Verify(proof.Receipt, session.Id).Receipt);
            var kept = new ReceiptDownload(proof.Receipt, proof.Countersignature, server.Public, word.NoticeText);
            return TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(kept, ReceiptJson.Default.ReceiptDownload), "application/json", $"consent-receipt-{session.ConsentAt:yyyy-MM-dd}.json");
        }
        catch (Exception gone) when (gone is TrackUnreadableException or TrackAlteredException or SegmentAlteredException)
        {
            return ErrorAnswer.For(http, StatusCodes.Status410Gone, "The receipt is not there any more.", gone.Message);
        }
    }
}

/// <summary>What the person keeps: anyone can verify it with nothing else than this file.</summary>
internal sealed record ReceiptDownload(string Receipt, string Countersignature, PublicSigningKey ServerKey, string NoticeText);
