using System.Text.Json;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>Writes the file that a participant keeps, as often as they ask for it.</summary>
internal sealed class WriteReceiptFile(ConsentProofs proofs, ReceiptLinks links, SigningKey server)
{
    private const string Gone = "The receipt is not there any more.";

    /// <summary>Whether the receipt in the organization's storage was deleted with the recording.</summary>
    public static bool IsErased(RecordedSession session) => session.State.IsDeleted();

    /// <summary>The file of a participant who gave their consent, or a page that says that it is gone.</summary>
    public async Task<IResult> RunAsync(RecordedSession session, Participant participant, HttpContext http, CancellationToken cancellation)
    {
        if (IsErased(session)) { return ErrorAnswer.For(http, StatusCodes.Status410Gone, words => words.ReceiptIsErased); }

        try
        {
            var proof = await proofs.ReadAsync(session.Id, participant.ConsentDigest, cancellation);
            var (word, signer) = Countersignature.Verify(proof.Countersignature, proof.Receipt, ConsentReceipt.Verify(proof.Receipt, session.Id).Receipt);
            if (signer != server.Public) { throw new TrackAlteredException("The countersignature is not this server's."); }

            var page = links.AddressOf(session.Id, participant.Name, http.Request);
            var withdrawal = participant.WithdrawalDigest is { } taken ? await proofs.ReadAsync(session.Id, taken, cancellation) : null;
            var kept = new ReceiptFile(
                proof.Receipt, proof.Countersignature, signer, word.NoticeText, page, ReceiptPageWord.Sign(session.Id, proof.Receipt, page, server), withdrawal?.Receipt, withdrawal?.Countersignature);
            return TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(kept, ReceiptJson.Default.ReceiptFile), "application/json", $"consent-receipt-{participant.ConsentAt:yyyy-MM-dd}.json");
        }
        catch (Exception gone) when (gone is TrackUnreadableException or TrackAlteredException or SegmentAlteredException)
        {
            return ErrorAnswer.For(http, StatusCodes.Status410Gone, Gone, gone.Message);
        }
    }
}
