using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>Saves what the next version may say in one language. It may be unfinished; nobody but the editor sees it.</summary>
internal sealed class SaveDraft(CatalogueDb catalogue, IOptions<NoticeOptions> options, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(string language, DraftForm form, string account, CancellationToken cancellation)
    {
        var drafts = await catalogue.NoticeDrafts.Where(draft => draft.Id == options.Value.Id).ToListAsync(cancellation);
        if (drafts.Find(draft => draft.Language == language) is not { } edited) { return new Outcome.NoSuchLanguage(); }

        var words = form.Words();
        var refusals = NoticeFields.All.Where(field => field.Read(words).Length > NoticeDraft.Longest)
            .Select(field => $"“{field.Label}” has {field.Read(words).Length} characters; a draft may have {NoticeDraft.Longest}.").ToList();
        if (!form.Enabled && !drafts.Exists(draft => draft != edited && draft.Enabled)) { refusals.Add("At least one language stays enabled."); }
        if (refusals.Count > 0) { return new Outcome.Refused(refusals); }

        (edited.Words, edited.Enabled, edited.SavedAt, edited.SavedBy) = (words, form.Enabled, clock.GetUtcNow(), account);
        foreach (var draft in drafts) { (draft.AsksSpecialCategories, draft.AsksGuardian) = (form.AsksSpecialCategories, form.AsksGuardian); } // a notice asks the same in every language
        await catalogue.SaveChangesAsync(cancellation);
        return new Outcome.Saved();
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Saved : Outcome;
        internal sealed record NoSuchLanguage : Outcome;
        internal sealed record Refused(IReadOnlyList<string> Reasons) : Outcome;
    }
}
