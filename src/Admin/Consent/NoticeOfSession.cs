using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>The notice that a participant of a session reads: the version that was current when they redeemed their code, in their language, with the technician's name, the region, the date.</summary>
internal sealed class NoticeOfSession(CatalogueDb catalogue, AccountsDb accounts)
{
    /// <param name="participant">One who has redeemed their code.</param>
    public async Task<Notice> ReadAsync(RecordedSession session, Participant participant, CancellationToken cancellation)
    {
        var published = await catalogue.Notices.AsNoTracking().SingleAsync(
            notice => notice.Id == participant.NoticeId && notice.Version == participant.NoticeVersion && notice.Language == participant.NoticeLanguage, cancellation);
        var name = await accounts.Users.Where(account => account.UserName == session.Technician).Select(account => account.DisplayName).SingleOrDefaultAsync(cancellation)
            ?? session.Technician;
        return Notice.For(published, participant.Name, session.Chat is ChatKeeping.Recording, name, session.Region, await TermsAsync(session, cancellation));
    }

    private async Task<IReadOnlyList<KeepingTerm>> TermsAsync(RecordedSession session, CancellationToken cancellation) =>
        KeepingTerms.OfNotice(session, await catalogue.PolicyAsync(session.Policy, cancellation)) is { Count: > 0 } terms ? terms : throw new InvalidOperationException("A session whose notice nobody reads any more has no date.");

    /// <summary>The languages of that version, in the order in which pages list them.</summary>
    public async Task<IReadOnlyList<string>> LanguagesAsync(Participant participant, CancellationToken cancellation) => CurrentNotice.InOrder(
        await catalogue.Notices.Where(notice => notice.Id == participant.NoticeId && notice.Version == participant.NoticeVersion).Select(notice => notice.Language).ToListAsync(cancellation));
}
