using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Notices;

/// <summary>A field of the notice as the editor shows it.</summary>
/// <param name="Key">Name of the form's field.</param>
/// <param name="OnlyWhereAsked">Whether it is read only where the notice asks about special categories of data.</param>
public sealed record NoticeField(string Key, string Label, string Hint, Func<NoticeWords, string> Read, int Rows = 2, bool OnlyWhereAsked = false);

/// <summary>All fields of the notice, in the order in which people read them, and what stops one from being published.</summary>
public static class NoticeFields
{
    public static IReadOnlyList<NoticeField> All { get; } =
    [
        new(nameof(NoticeWords.Controller), "Who records", "Name and address of the organization. It is part of every receipt.", words => words.Controller, Rows: 1),
        new(nameof(NoticeWords.What), "What is recorded", "", words => words.What),
        new(nameof(NoticeWords.WhatChat), "And of the chat", "Said where chat becomes part of the recording.", words => words.WhatChat),
        new(nameof(NoticeWords.Purpose), "Why", "", words => words.Purpose),
        new(nameof(NoticeWords.WhoMayWatch), "Who may watch", "", words => words.WhoMayWatch),
        new(nameof(NoticeWords.Purposes), "For what it may be watched", "One purpose a line, the same ones in the same order in every language. Whoever watches chooses one of them; another one is refused.", words => words.Purposes, Rows: 4),
        new(nameof(NoticeWords.Risks), "Risks, in one line", "", words => words.Risks),
        new(nameof(NoticeWords.Declining), "If the person declines", "", words => words.Declining),
        new(nameof(NoticeWords.LegalBasis), "Legal basis", "", words => words.LegalBasis, Rows: 1),
        new(nameof(NoticeWords.Rights), "Rights", "", words => words.Rights, Rows: 3),
        new(nameof(NoticeWords.Contact), "Contact", "Whom to ask, such as the data protection officer.", words => words.Contact, Rows: 1),
        new(nameof(NoticeWords.ComplaintAuthority), "Complaint authority", "", words => words.ComplaintAuthority, Rows: 1),
        new(nameof(NoticeWords.SpecialCategories), "Sentence to tick", "Only where the notice asks about specially protected information.", words => words.SpecialCategories, OnlyWhereAsked: true),
    ];

    /// <summary>Why this draft cannot be published: language and field by name. Empty: it can.</summary>
    public static IReadOnlyList<string> Problems(NoticeDraft draft) =>
    [
        .. PurposeProblems(draft),
        .. All.Where(field => !field.OnlyWhereAsked || draft.AsksSpecialCategories)
            .Select(field => (field.Label, Text: field.Read(draft.Words)))
            .Where(field => string.IsNullOrWhiteSpace(field.Text) || field.Text.Length > NoticeWords.Longest)
            .Select(field => $"{ParticipantLanguage.OfOrEnglish(draft.Language).EnglishName}: “{field.Label}” " + (string.IsNullOrWhiteSpace(field.Text)
                ? "is empty."
                : $"has {field.Text.Length} characters; it may have {NoticeWords.Longest}.")),
    ];

    /// <summary>Why the enabled drafts cannot be published together: purposes have one meaning in all languages. Empty: they can.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<NoticeDraft> drafts) => drafts.Select(draft => draft.Words.ReadPurposes().Count).Distinct().Count() <= 1 ? [] :
    [
        $"“For what it may be watched” has {string.Join(", ", drafts.Select(draft => $"{draft.Words.ReadPurposes().Count} in {ParticipantLanguage.OfOrEnglish(draft.Language).EnglishName}"))}: the same purposes stand in every language, in the same order.",
    ];

    private static IEnumerable<string> PurposeProblems(NoticeDraft draft)
    {
        var (language, purposes) = (ParticipantLanguage.OfOrEnglish(draft.Language).EnglishName, draft.Words.ReadPurposes());
        if (purposes.Count > NoticeWords.MostPurposes) { yield return $"{language}: {purposes.Count} purposes are named; {NoticeWords.MostPurposes} may be."; }
        foreach (var purpose in purposes.Where(purpose => purpose.Length > NoticeWords.LongestPurpose)) { yield return $"{language}: the purpose “{purpose}” has {purpose.Length} characters; it may have {NoticeWords.LongestPurpose}."; }
        foreach (var twice in purposes.GroupBy(purpose => purpose, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)) { yield return $"{language}: the purpose “{twice.Key}” is named twice."; }
    }
}
