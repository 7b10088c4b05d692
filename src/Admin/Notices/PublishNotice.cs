using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>Makes the drafts of all enabled languages the next version, at once or not at all. Who is reading an older one goes on reading it.</summary>
internal sealed class PublishNotice(CatalogueDb catalogue, CurrentNotice current, IOptions<NoticeOptions> options, TimeProvider clock)
{
    /// <param name="expected">The version that the account saw that it would publish: pressing twice publishes once.</param>
    public async Task<Outcome> RunAsync(int expected, string account, CancellationToken cancellation)
    {
        var id = options.Value.Id;
        var version = (await current.VersionAsync(cancellation) ?? 0) + 1;
        if (version != expected) { return new Outcome.SomebodyWasFaster(version - 1); }

        var drafts = await catalogue.NoticeDrafts.AsNoTracking().Where(draft => draft.Id == id && draft.Enabled).ToListAsync(cancellation);
        IReadOnlyList<string> refusals = drafts.Count == 0 ? ["No language is enabled."] : [.. drafts.SelectMany(NoticeFields.Problems), .. NoticeFields.Differences(drafts)];
        if (refusals.Count > 0) { return new Outcome.Refused(refusals); }

        var now = clock.GetUtcNow();
        catalogue.Notices.AddRange(drafts.Select(draft => new PublishedNotice
        {
            Id = id, Version = version, Language = draft.Language, Words = draft.Words, AsksSpecialCategories = draft.AsksSpecialCategories, AsksGuardian = draft.AsksGuardian, PublishedAt = now, PublishedBy = account,
        }));
        catalogue.Record(clock, account, "notice.published", null, AuditOutcome.Allowed, $"{id} version {version}: {string.Join(", ", CurrentNotice.InOrder([.. drafts.Select(draft => draft.Language)]))}");
        try
        {
            await catalogue.SaveChangesAsync(cancellation);
            return new Outcome.Published(version);
        }
        catch (DbUpdateException) when (!cancellation.IsCancellationRequested)
        {
            catalogue.ChangeTracker.Clear();
            if (await current.VersionAsync(cancellation) is { } newest && newest >= version) { return new Outcome.SomebodyWasFaster(newest); }

            throw;
        }
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Published(int Version) : Outcome;
        internal sealed record Refused(IReadOnlyList<string> Reasons) : Outcome;
        internal sealed record SomebodyWasFaster(int Version) : Outcome;
    }
}
