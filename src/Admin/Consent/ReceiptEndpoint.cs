using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>The receipt, for the participant to keep.</summary>
internal static class ReceiptEndpoint
{
    public static async Task<IResult> DownloadAsync(ClaimsPrincipal user, CatalogueDb catalogue, WriteReceiptFile receipt, HttpContext http, CancellationToken cancellation)
    {
        var id = user.SessionId();
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
        var participant = session.Of(user.ParticipantName());
        return participant.ConsentAt is null
            ? ErrorAnswer.For(http, StatusCodes.Status404NotFound, words => words.NoReceipt)
            : await receipt.RunAsync(session, participant, http, cancellation);
    }
}
