using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>The version that the next person will read.</summary>
internal sealed class CurrentNotice(CatalogueDb catalogue, IOptions<NoticeOptions> options, TimeProvider clock)
{
    /// <summary>Number of the newest version; null before the first one.</summary>
    public Task<int?> VersionAsync(CancellationToken cancellation) =>
        catalogue.Notices.Where(notice => notice.Id == options.Value.Id).MaxAsync(notice => (int?)notice.Version, cancellation);

    /// <summary>Whether that version asks a guardian too.</summary>
    public async Task<bool> AsksGuardianAsync(CancellationToken cancellation)
    {
        var version = await VersionAsync(cancellation);
        return await catalogue.Notices.AnyAsync(notice => notice.Id == options.Value.Id && notice.Version == version && notice.AsksGuardian, cancellation);
    }

    /// <summary>Fixes notice, language, date and time to decide for a participant who has just redeemed a code: what is published later changes nothing for them. The day from which dates count is the session's: everybody reads the same.</summary>
    public async Task FixAsync(RecordedSession session, Participant participant, string? acceptLanguage, CancellationToken cancellation)
    {
        var version = await VersionAsync(cancellation) ?? throw new InvalidOperationException("No notice was published.");
        var languages = await catalogue.Notices.Where(notice => notice.Id == options.Value.Id && notice.Version == version).Select(notice => notice.Language).ToListAsync(cancellation);
        participant.NoticeId = options.Value.Id;
        participant.NoticeVersion = version;
        participant.NoticeLanguage = LanguageNegotiation.Choose(acceptLanguage, InOrder(languages), options.Value.Language);
        participant.DecideUntil = clock.GetUtcNow() + ExtendTimeToDecide.Step;
        session.ShownDay ??= (int)RetentionDates.DayOf(clock.GetUtcNow());
        if (session.KeepUntil is null && await catalogue.PolicyAsync(session.Policy, cancellation) is { } policy) { session.KeepUntil = KeepingTerms.Latest(KeepingTerms.Shown(policy, session.ShownDay.Value)); }
    }

    /// <summary>The order in which pages list languages.</summary>
    public static IReadOnlyList<string> InOrder(IReadOnlyCollection<string> tags) => [.. ParticipantLanguage.All.Select(language => language.Tag).Where(tags.Contains)];
}
