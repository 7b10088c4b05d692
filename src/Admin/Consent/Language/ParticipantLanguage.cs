using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>A language in which people can be asked. Nothing here comes from the machine's culture data.</summary>
/// <param name="Tag">BCP 47, as receipts and <c>lang</c> attributes have it.</param>
/// <param name="Name">What its speakers call it.</param>
/// <param name="EnglishName">What the editor calls it.</param>
/// <param name="Defaults">The words of a notice where the organization has none of its own; who records, contact and authority are empty: only the organization knows them.</param>
public sealed record ParticipantLanguage(string Tag, string Name, string EnglishName, ParticipantWords Words, NoticeFrame Frame, NoticeWords Defaults)
{
    /// <summary>All of them, in the order in which pages list them.</summary>
    public static IReadOnlyList<ParticipantLanguage> All { get; } =
    [
        new("en", "English", "English", EnglishWords.Pages, EnglishNotice.Frame, EnglishNotice.Defaults),
        new("de", "Deutsch", "German", GermanWords.Pages, GermanNotice.Frame, GermanNotice.Defaults),
        new("fr", "Français", "French", FrenchWords.Pages, FrenchNotice.Frame, FrenchNotice.Defaults),
        new("es", "Español", "Spanish", SpanishWords.Pages, SpanishNotice.Frame, SpanishNotice.Defaults),
    ];

    public static ParticipantLanguage English => All[0];

    public static ParticipantLanguage? Find(string? tag) => All.FirstOrDefault(language => language.Tag == tag);

    /// <summary>The language of a tag that was stored; English where there is none.</summary>
    public static ParticipantLanguage OfOrEnglish(string? tag) => Find(tag) ?? English;

    /// <summary>The day in this language; times are UTC.</summary>
    public string Date(DateTimeOffset time) => Frame.Date(time.UtcDateTime.Day, time.UtcDateTime.Month, time.UtcDateTime.Year);
}
