using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>For what a session may be watched: what the notice said that was read and allowed, whatever has been published since.</summary>
internal sealed class PurposesOfSession(CatalogueDb catalogue, IOptions<ReplayOptions> options)
{
    /// <summary>Purposes as the organization reads them. Where people of one session read different versions, those that all of them read; of versions that named none, what is configured.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Guid session, CancellationToken cancellation)
    {
        var notices = await catalogue.Notices.AsNoTracking()
            .Where(notice => catalogue.Participants.Any(p => p.Session == session && p.ConsentAt != null && p.NoticeId == notice.Id && p.NoticeVersion == notice.Version))
            .ToListAsync(cancellation);
        var lists = notices.GroupBy(notice => (notice.Id, notice.Version)).Select(version => InOrganizationsLanguage([.. version]).Words.ReadPurposes())
            .Select(list => list.Count == 0 ? options.Value.PurposesWithoutNotice : list).ToList();
        return lists.Count == 0 ? options.Value.PurposesWithoutNotice : [.. lists[0].Where(purpose => lists.TrueForAll(list => list.Contains(purpose, StringComparer.Ordinal)))];
    }

    /// <summary>Of the languages of one version, the one in which the organization's people read purposes: English where there is one.</summary>
    public static PublishedNotice InOrganizationsLanguage(IReadOnlyList<PublishedNotice> version) =>
        version.First(notice => notice.Language == CurrentNotice.InOrder([.. version.Select(other => other.Language)])[0]);
}
