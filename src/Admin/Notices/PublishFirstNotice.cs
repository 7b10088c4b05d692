using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>Before the first request: where the notice has no version yet, its first one is published from the configuration, and a draft is laid out for each language.</summary>
/// <remarks>A catalogue that was rebuilt from the bucket has the versions that receipts name, in the languages that were read, and no draft: the one from the configuration is then the next version.</remarks>
internal sealed partial class PublishFirstNotice(IServiceScopeFactory scopes, IOptions<NoticeOptions> options, IOptions<ReplayOptions> replay, TimeProvider clock, ILogger<PublishFirstNotice> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var catalogue = scope.ServiceProvider.GetRequiredService<CatalogueDb>();
        var notice = options.Value;
        if (await catalogue.NoticeDrafts.AnyAsync(draft => draft.Id == notice.Id, cancellationToken)) { return; }

        var version = await catalogue.Notices.Where(published => published.Id == notice.Id).MaxAsync(published => (int?)published.Version, cancellationToken) + 1 ?? notice.Version;
        foreach (var language in ParticipantLanguage.All) { Add(catalogue, language, version); }
        catalogue.Record(clock, AuditActor.Server, "notice.published", null, AuditOutcome.Allowed, $"{notice.Id} version {version}, from the configuration");
        await catalogue.SaveChangesAsync(cancellationToken);
        if (HasOwnWords) { LogOneLanguage(notice.Language); }

        // Who was reading when the server was upgraded has no version fixed: their page asks them to read this one.
        await catalogue.Participants.Where(participant => participant.State == ParticipantState.Deciding && participant.NoticeVersion == null).ExecuteUpdateAsync(
            participant => participant.SetProperty(p => p.NoticeId, notice.Id).SetProperty(p => p.NoticeVersion, version).SetProperty(p => p.NoticeLanguage, notice.Language),
            cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Whether the operator wrote words, or purposes, of their own.</summary>
    private bool HasOwnWords => options.Value.HasOwnWords || replay.Value.Purposes is not null;

    private void Add(CatalogueDb catalogue, ParticipantLanguage language, int version)
    {
        var (notice, now) = (options.Value, clock.GetUtcNow());
        var words = notice.WordsIn(language);
        if (replay.Value.Purposes is { } purposes && language.Tag == notice.Language) { words = words with { Purposes = string.Join('\n', purposes.Select(purpose => purpose.Trim())) }; }

        var enabled = !HasOwnWords || language.Tag == notice.Language; // default words beside the operator's own would say something else
        catalogue.NoticeDrafts.Add(new()
        {
            Id = notice.Id, Language = language.Tag, Words = words, Enabled = enabled, AsksSpecialCategories = false, AsksGuardian = false, SavedAt = now, SavedBy = AuditActor.Server,
        });
        if (!enabled) { return; }

        catalogue.Notices.Add(new()
        {
            Id = notice.Id, Version = version, Language = language.Tag, Words = words, AsksSpecialCategories = false, AsksGuardian = false, PublishedAt = now, PublishedBy = AuditActor.Server,
        });
    }

    [LoggerMessage(2101, LogLevel.Warning, "The notice has words of its own in '{Language}' and is published in that language only: translate the drafts of the others at /notices")]
    private partial void LogOneLanguage(string language);
}
