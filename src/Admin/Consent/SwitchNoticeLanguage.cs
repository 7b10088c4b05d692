using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>The person reads the same version of the notice in another of its languages, and the receipt will name that one.</summary>
internal sealed class SwitchNoticeLanguage(CatalogueDb catalogue, WhileDeciding deciding)
{
    /// <returns>False where the version does not have the language, or there is nothing to decide any more.</returns>
    public Task<bool> RunAsync(Guid id, string? language, CancellationToken cancellation) => deciding.ChangeAsync(id, async session =>
    {
        var exists = await catalogue.Notices.AnyAsync(notice => notice.Id == session.NoticeId && notice.Version == session.NoticeVersion && notice.Language == language, cancellation);
        if (exists) { session.NoticeLanguage = language; }
        return exists;
    }, cancellation);
}
