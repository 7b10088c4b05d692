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
        .. All.Where(field => !field.OnlyWhereAsked || draft.AsksSpecialCategories)
            .Select(field => (field.Label, Text: field.Read(draft.Words)))
            .Where(field => string.IsNullOrWhiteSpace(field.Text) || field.Text.Length > NoticeWords.Longest)
            .Select(field => $"{ParticipantLanguage.OfOrEnglish(draft.Language).EnglishName}: “{field.Label}” " + (string.IsNullOrWhiteSpace(field.Text)
                ? "is empty."
                : $"has {field.Text.Length} characters; it may have {NoticeWords.Longest}.")),
    ];
}
