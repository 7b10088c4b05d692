using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>A participant reads the same version of the notice in another of its languages, and the receipt will name that one.</summary>
internal sealed class SwitchNoticeLanguage(CatalogueDb catalogue, WhileDeciding deciding)
{
    /// <returns>False where the version does not have the language, or there is nothing to decide any more.</returns>
    public Task<bool> RunAsync(Guid id, string name, string? language, CancellationToken cancellation) => deciding.ChangeAsync(id, name, async participant =>
    {
        var exists = await catalogue.Notices.AnyAsync(notice => notice.Id == participant.NoticeId && notice.Version == participant.NoticeVersion && notice.Language == language, cancellation);
        if (exists) { participant.NoticeLanguage = language; }
        return exists;
    }, cancellation);
}
