using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>Keeps what a participant's device signed when it took the consent back: countersigned, in the consent track, after the consent itself.</summary>
/// <remarks>Nothing waits for it: the recording has stopped before, whatever comes of this.</remarks>
internal sealed partial class KeepWithdrawal(
    CatalogueDb catalogue, ConsentTrack track, ConsentProofs proofs, LiveSessions live, KnownLocations locations, SigningKey server, TimeProvider clock, ILogger<KeepWithdrawal> log)
{
    /// <param name="statement">Compact JWS, as the device sent it.</param>
    public async Task RunAsync(Guid id, string name, string statement, CancellationToken cancellation)
    {
        var living = live.Of(id);
        await living.Changing.WaitAsync(cancellation); // nobody finishes the track meanwhile
        try
        {
            var committed = await catalogue.CommittedConsentAsync(id, cancellation);
            if (committed.Count == 0) { return; } // the track is finished already
            if (await CountersignAsync(id, name, statement, cancellation) is not { } proof) { return; }

            await catalogue.RecordAsync(clock, AuditActor.Participant, "withdrawal.signed", id, AuditOutcome.Allowed, $"{name}: {Base64Url.EncodeToString(ConsentReceipt.DigestOf(statement))}", cancellation);
            var at = await locations.OfSessionAsync(catalogue, id, cancellation);
            var written = await track.WriteAsync(at, wraps: null, id, committed, proof, cancellation);
            if (await catalogue.ChangeAsync(() => SaveAsync(id, name, proof, written, cancellation))) { living.Proofs[Base64Url.EncodeToString(ConsentReceipt.DigestOf(statement))] = proof; }
            else { await track.RemoveUncommittedAsync(at, id, committed.Count, cancellation); }
        }
        catch (Exception away) when (away is ObjectStoreException or KeyServiceException or TrackUnreadableException or SegmentAlteredException)
        {
            LogNotKept(away, id);
            catalogue.ChangeTracker.Clear();
            await catalogue.RecordAsync(clock, AuditActor.Server, "withdrawal.signed", id, AuditOutcome.Failed, $"{name}: the store did not take it", cancellation);
        }
        finally
        {
            living.Changing.Release();
        }
    }

    /// <summary>The withdrawal with the server's word for it; null where it is not one of this participant's consent, which the audit trail then says.</summary>
    private async Task<ConsentProof?> CountersignAsync(Guid id, string name, string statement, CancellationToken cancellation)
    {
        var given = await catalogue.Participants.AsNoTracking().Where(p => p.Session == id && p.Name == name).Select(p => p.ConsentDigest).SingleAsync(cancellation);
        try
        {
            if (statement.Length > AcceptConsent.LongestReceipt) { throw new TrackAlteredException($"A withdrawal has at most {AcceptConsent.LongestReceipt} characters; this has {statement.Length}."); }

            var taken = await proofs.ReadAsync(id, given, cancellation);
            var (receipt, device) = ConsentReceipt.Verify(taken.Receipt, id);
            receipt.VerifyWithdrawal(statement, device);
            var (word, _) = Countersignature.Verify(taken.Countersignature, taken.Receipt, receipt);
            return new(statement, Countersignature.Of(id, statement, clock.GetUtcNow(), word.NoticeText).Sign(server));
        }
        catch (TrackAlteredException altered)
        {
            var why = $"{name}: {altered.Message}";
            await catalogue.RecordAsync(clock, AuditActor.Participant, "withdrawal.signed", id, AuditOutcome.Refused, why.Length <= 400 ? why : why[..400], cancellation);
            return null;
        }
    }

    private async Task<bool> SaveAsync(Guid id, string name, ConsentProof proof, WrittenConsent written, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).Include(s => s.Participants).SingleAsync(s => s.Id == id, cancellation);
        if (session.State is not SessionState.Ending) { return false; }

        session.Of(name).WithdrawalDigest = ConsentReceipt.DigestOf(proof.Receipt);
        catalogue.CommitConsent(session, written);
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    [LoggerMessage(2231, LogLevel.Warning, "What a device signed to withdraw from session {Session} could not be stored; the recording has stopped all the same")]
    private partial void LogNotKept(Exception away, Guid session);
}
