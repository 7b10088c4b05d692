using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>How long one part of a recording is kept.</summary>
/// <param name="Until">A moment of the last day (UTC); null: with the session, or without a date.</param>
/// <param name="Reason">Why without a date; null: it has one.</param>
/// <param name="ReviewOn">When the reason is looked at again.</param>
public sealed record KeepingTerm(RetentionPart Part, DateTimeOffset? Until, string? Reason = null, DateOnly? ReviewOn = null)
{
    public bool SaysTheSameAs(KeepingTerm other) => this == other with { Part = Part };
}

/// <summary>How long a recording is kept, part by part: what the notice shows, and what is true later.</summary>
internal static class KeepingTerms
{
    /// <summary>What a notice shows.</summary>
    /// <param name="day">On which it is shown.</param>
    public static IReadOnlyList<KeepingTerm> Shown(RetentionPolicy policy, long day)
    {
        var screen = Of(policy.Of(RetentionPart.Screen), day);
        var others = new[] { RetentionPart.Chat, RetentionPart.Events }.Select(policy.Of).Where(rule => rule.Keep is not RetentionKind.None && !(rule.Part is RetentionPart.Chat && rule.Keep is RetentionKind.Session))
            .Select(rule => Of(rule, day)).Where(term => term.Part is RetentionPart.Chat || !term.SaysTheSameAs(screen)); // a chat that goes with the session is not part of the recording
        return [screen, .. others];
    }

    /// <summary>What the notice of a session shows.</summary>
    /// <param name="policy">The version that it shows, with its rules; null: the session is from before there were policies.</param>
    public static IReadOnlyList<KeepingTerm> OfNotice(RecordedSession session, RetentionPolicy? policy) => policy is not null && session.ShownDay is { } day ? Shown(policy, day) : Whole(session.KeepUntil);

    /// <summary>What is true of a session now.</summary>
    /// <param name="session">With its tracks.</param>
    /// <param name="policy">The version that its notice showed, with its rules; null: one from before there were policies.</param>
    public static IReadOnlyList<KeepingTerm> Of(RecordedSession session, RetentionPolicy? policy)
    {
        if (!RetentionDates.Kept.Contains(session.State)) { return OfNotice(session, policy); }

        var stored = session.Tracks.Where(track => track.Size > 0 && track.PurgeBeganAt is null && RetentionDates.PartOf(track.Name) is not null).DistinctBy(track => RetentionDates.PartOf(track.Name))
            .Select(track => Of(RetentionDates.PartOf(track.Name)!.Value, track.KeepUntil ?? session.KeepUntil, policy)).OrderBy(term => term.Part).ToList();
        return stored.Count == 0 ? Whole(session.KeepUntil) : stored;
    }

    /// <summary>The latest date; null: at least one part has none.</summary>
    public static DateTimeOffset? Latest(IReadOnlyList<KeepingTerm> terms) => terms.Any(term => term.Reason is not null) ? null : terms.Max(term => term.Until);

    /// <summary>The one date that is all there is to say; null: there is more to say.</summary>
    public static DateTimeOffset? OneDate(IReadOnlyList<KeepingTerm> terms) => terms.Count > 0 && terms.All(term => term.SaysTheSameAs(terms[0])) ? terms[0].Until : null;

    /// <summary>One line a part, in a language.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<KeepingTerm> terms, ParticipantLanguage language)
    {
        var words = language.Words.Keeping;
        return [.. terms.Select(term => words.Line(
            term.Part switch { RetentionPart.Screen => words.Screen, RetentionPart.Chat => words.Chat, _ => words.Events },
            term.Until is { } until ? words.Until(language.Date(until)) : term.Reason is { } reason ? words.WithoutDate(reason, DayOf(term.ReviewOn, language)) : words.WithTheSession))];
    }

    private static KeepingTerm[] Whole(DateTimeOffset? until) => until is null ? [] : [new(RetentionPart.Screen, until)];

    private static KeepingTerm Of(RetentionPart part, DateTimeOffset? until, RetentionPolicy? policy) =>
        until is null && policy?.Of(part) is { Keep: RetentionKind.Indefinite } rule ? new(part, null, rule.LegalBasis, rule.ReviewOn) : new(part, until);

    private static KeepingTerm Of(RetentionRule rule, long day) => rule.Keep switch
    {
        RetentionKind.Indefinite => new(rule.Part, null, rule.LegalBasis, rule.ReviewOn),
        RetentionKind.Days => new(rule.Part, RetentionDates.EndOf(day + rule.Days!.Value)),
        _ => new(rule.Part, null),
    };

    private static string DayOf(DateOnly? day, ParticipantLanguage language) => day is { } date ? language.Frame.Date(date.Day, date.Month, date.Year) : "–";
}
