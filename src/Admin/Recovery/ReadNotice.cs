using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Recovery;

/// <summary>A notice read back from its text as it was shown: the text is sealed with the receipt and outlives the catalogue, which had the words one by one.</summary>
/// <param name="Technician">The technician's name as the person read it; null: not found.</param>
/// <param name="Kept">Until when each part is kept that the text names, null where it says that there is no date; null altogether: the text cannot be read.</param>
/// <remarks>The reverse of <see cref="Consent.Notice.Text"/>; its frame's words never change.</remarks>
internal sealed record ReadNotice(NoticeWords Words, bool AsksSpecialCategories, bool AsksGuardian, string? Technician, IReadOnlyDictionary<RetentionPart, DateTimeOffset?>? Kept)
{
    /// <summary>Days after the notice was shown that a date can be: no policy is longer.</summary>
    private const int LongestDays = 3660;

    private const string Hole = "\uFFFF";

    /// <param name="language">BCP 47, as the receipt names it.</param>
    /// <param name="shownAt">When it was confirmed; dates lie after it.</param>
    public static ReadNotice Of(string text, string language, DateTimeOffset shownAt)
    {
        var (known, sections) = (ParticipantLanguage.OfOrEnglish(language), Sections(text));
        var frame = known.Frame;
        var (first, who, rights) = (Under(frame.Title), Under(frame.WhoMayWatch), Under(frame.Rights));
        var words = new NoticeWords
        {
            Controller = At(Under(frame.Who), 0), What = At(Under(frame.What), 0), WhatChat = At(Under(frame.What), 1), Purpose = At(Under(frame.Why), 0), WhoMayWatch = At(who, 0),
            Purposes = Within(frame.OnlyFor, At(who, 1))?.Replace("; ", "\n", StringComparison.Ordinal) ?? "", Risks = At(Under(frame.Risks), 0), Declining = At(Under(frame.Declining), 0),
            LegalBasis = At(Under(frame.LegalBasis), 0), Rights = At(rights, 0), Contact = Within(frame.Contact, At(rights, 1)) ?? "", ComplaintAuthority = Within(frame.Complain, At(rights, 2)) ?? "",
            SpecialCategories = At(Under(frame.SpecialCategories), 0),
        };
        return new(
            words, sections.ContainsKey(frame.SpecialCategories), first.Contains(frame.GuardianToo, StringComparer.Ordinal) || first.Contains(frame.GuardianDecides, StringComparer.Ordinal),
            Within(frame.Asks, At(first, 0)), Dates(Under(frame.Until), known, shownAt));

        string[] Under(string heading) => sections.GetValueOrDefault(heading) ?? [];
    }

    private static Dictionary<string, string[]> Sections(string text)
    {
        var sections = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var lines in text.Split("\n\n").Select(section => section.Split('\n'))) { sections.TryAdd(lines[0], lines[1..]); }
        return sections;
    }

    private static Dictionary<RetentionPart, DateTimeOffset?>? Dates(string[] lines, ParticipantLanguage language, DateTimeOffset shownAt)
    {
        if (lines is [var one] && Within(language.Frame.KeptUntil, one) is { } date) { return Day(date, language, shownAt) is { } day ? new() { [RetentionPart.Screen] = day } : null; }

        var (words, kept) = (language.Words.Keeping, new Dictionary<RetentionPart, DateTimeOffset?>());
        foreach (var (part, name) in ((RetentionPart, string)[])[(RetentionPart.Screen, words.Screen), (RetentionPart.Chat, words.Chat), (RetentionPart.Events, words.Events)])
        {
            if (lines.Select(line => Within(said => words.Line(name, said) + ".", line)).FirstOrDefault(said => said is not null) is not { } time) { continue; }

            if (time == words.WithTheSession) { kept[part] = shownAt; }
            else if (Within(words.Until, time) is { } until) { if (Day(until, language, shownAt) is not { } day) { return null; } kept[part] = day; }
            else { kept[part] = null; }
        }

        return kept.ContainsKey(RetentionPart.Screen) ? kept : null;
    }

    /// <summary>The end of the day that these words are, in a language.</summary>
    private static DateTimeOffset? Day(string words, ParticipantLanguage language, DateTimeOffset shownAt)
    {
        var shown = RetentionDates.DayOf(shownAt);
        for (var day = shown - 1; day <= shown + LongestDays; day++)
        {
            if (language.Date(RetentionDates.EndOf(day)) == words) { return RetentionDates.EndOf(day); }
        }

        return null;
    }

    /// <summary>What a sentence was made of; null: it is another sentence.</summary>
    private static string? Within(Func<string, string> sentence, string made)
    {
        var around = sentence(Hole).Split(Hole);
        return around is [var before, var after] && made.Length >= before.Length + after.Length && made.StartsWith(before, StringComparison.Ordinal) && made.EndsWith(after, StringComparison.Ordinal)
            ? made[before.Length..^after.Length]
            : null;
    }

    private static string At(string[] lines, int place) => place < lines.Length ? lines[place] : "";
}
