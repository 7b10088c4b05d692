using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Holds;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>Finds what the page of a receipt says: nothing but what is about this one session, and of what was signed and asked only what is this participant's.</summary>
internal sealed class TellReceiptStory(CatalogueDb catalogue, AccountsDb accounts, ConsentProofs proofs, SigningKey server)
{
    /// <returns><see langword="null"/> for a session that the catalogue does not have, or that this participant did not consent to.</returns>
    public async Task<ReceiptStory?> RunAsync(Guid id, string name, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).Include(s => s.Participants).SingleOrDefaultAsync(s => s.Id == id, cancellation);
        if (session?.Participants.FirstOrDefault(p => p.Name == name) is not { ConsentAt: not null } participant) { return null; }

        var grants = await catalogue.ReplayGrants.AsNoTracking().Where(grant => grant.Session == id).OrderBy(grant => grant.GrantedAt).ToListAsync(cancellation);
        var exports = await catalogue.Exports.AsNoTracking().Where(export => export.Session == id && export.ReadyAt != null).ToListAsync(cancellation);
        var requests = await catalogue.RequestCases.AsNoTracking().Where(request => request.Session == id && request.Participant == name).OrderByDescending(request => request.At).ToListAsync(cancellation);
        string[] userNames = [.. grants.Select(grant => grant.Viewer).Concat(exports.Select(export => export.Requester)).Append(session.Technician).Distinct()];
        var names = await accounts.Users.AsNoTracking().Where(account => userNames.Contains(account.UserName)).ToDictionaryAsync(account => account.UserName!, account => account.DisplayName, cancellation);
        var told = await PurposesInTheirLanguageAsync(participant, cancellation);
        return new(
            session,
            participant,
            names.GetValueOrDefault(session.Technician, session.Technician),
            WriteReceiptFile.IsErased(session) ? null : await AgreedAsync(participant, cancellation),
            [.. grants.Select(grant => new Viewing(names.GetValueOrDefault(grant.Viewer, grant.Viewer), grant.GrantedAt, told.GetValueOrDefault(grant.Purpose, grant.Purpose)))
                .Concat(exports.Select(export => new Viewing(names.GetValueOrDefault(export.Requester, export.Requester), export.ReadyAt!.Value, told.GetValueOrDefault(export.Purpose, export.Purpose), IsCopy: true)))
                .OrderBy(viewing => viewing.At)],
            requests,
            await Keeping.OfAsync(catalogue, id, cancellation),
            KeepingTerms.Of(session, await catalogue.PolicyAsync(session.Policy, cancellation)),
            server.Public.Thumbprint);
    }

    /// <summary>The purposes of the notice that they read, as the organization names them and as they read them.</summary>
    private async Task<Dictionary<string, string>> PurposesInTheirLanguageAsync(Participant participant, CancellationToken cancellation)
    {
        var version = await catalogue.Notices.AsNoTracking().Where(notice => notice.Id == participant.NoticeId && notice.Version == participant.NoticeVersion).ToListAsync(cancellation);
        var theirs = version.Find(notice => notice.Language == participant.NoticeLanguage)?.Words.ReadPurposes() ?? [];
        return version.Count == 0 ? [] : PurposesOfSession.InOrganizationsLanguage(version).Words.ReadPurposes().Zip(theirs).DistinctBy(pair => pair.First).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private async Task<AgreedNotice?> AgreedAsync(Participant participant, CancellationToken cancellation)
    {
        try
        {
            var proof = await proofs.ReadAsync(participant.Session, participant.ConsentDigest, cancellation);
            var (receipt, _) = ConsentReceipt.Verify(proof.Receipt, participant.Session);
            var (word, _) = Countersignature.Verify(proof.Countersignature, proof.Receipt, receipt);
            return new(receipt.Notice, receipt.Choices, word.NoticeText);
        }
        catch (Exception away) when (away is TrackUnreadableException or TrackAlteredException or SegmentAlteredException or ObjectStoreException or KeyServiceException)
        {
            return null; // the rest of the page is true without it
        }
    }
}
