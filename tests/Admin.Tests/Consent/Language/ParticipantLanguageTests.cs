using System.Reflection;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Consent.Language;

/// <summary>C10: four languages, whole, and what was once signed for reads the same for ever.</summary>
public sealed class ParticipantLanguageTests
{
    private static readonly DateTimeOffset Day = new(2027, 3, 1, 23, 59, 59, TimeSpan.Zero);

    public static TheoryData<string> Tags => [.. ParticipantLanguage.All.Select(language => language.Tag)];

    [Fact]
    public void There_are_English_German_French_and_Spanish() => Assert.Equal(["en", "de", "fr", "es"], ParticipantLanguage.All.Select(language => language.Tag));

    [Theory]
    [MemberData(nameof(Tags))]
    public void Has_all_words_and_none_of_them_in_English(string tag)
    {
        var (words, english) = (Texts(tag), Texts("en"));
        Assert.DoesNotContain(words, word => string.IsNullOrWhiteSpace(word.Value) && !word.Key.EndsWith("Controller", StringComparison.Ordinal) && !word.Key.EndsWith("Contact", StringComparison.Ordinal) && !word.Key.EndsWith("ComplaintAuthority", StringComparison.Ordinal));
        Assert.DoesNotContain(words, word => word.Value.Any(character => char.IsControl(character) && !(character == '\n' && word.Key.EndsWith("Purposes", StringComparison.Ordinal)))); // purposes stand one a line
        if (tag != "en") { Assert.Equal([], words.Where(word => word.Value.Length > 12 && english[word.Key] == word.Value).Select(word => word.Key)); }
    }

    [Theory]
    [InlineData("en", "1 March 2027")]
    [InlineData("de", "1. März 2027")]
    [InlineData("fr", "1er mars 2027")]
    [InlineData("es", "1 de marzo de 2027")]
    public void Writes_dates_as_its_speakers_do(string tag, string expected) => Assert.Equal(expected, ParticipantLanguage.Find(tag)!.Date(Day));

    /// <summary>Receipts name these digests. If one changes, notices that people have signed for do not render any more: add a frame instead.</summary>
    [Theory]
    [InlineData("en", "zHbXCsXc1SCm6K0rUyHBPRNJsZoTMt-84zMmwNhynRk", "uPq4OUnnTB96lhrckdVZBwvHsg3pFgHTjIUlS83cvts")]
    [InlineData("de", "q7MDh4qYv9GJcqkYJgp4-sPKgEuphziQR3ZJfb951K8", "75MH7EdoHdheGMbkoo5dG8V8vcRTDeyLWUPJwmveLxo")]
    [InlineData("fr", "cfZm7gDcBJFXIyLNQo4FjvQWjQf2_X1PRnvow17_qAQ", "VxMSL1eZbvTC0U98SBGsxgV6iQ_VsRNr5E55XPB7buo")]
    [InlineData("es", "4EoJS7g8wALjXQ4wqILgxDqI-J1eYzzE3tvdIs5Xq0A", "21VTK6TBAoFLRDDJFlGYzh4bKIzN9leJ4L6g4_eEVPk")]
    public void What_was_published_renders_the_same_for_ever(string tag, string digest, string digestWithSpecialCategories)
    {
        Assert.Equal((digest, digestWithSpecialCategories), (Rendered(tag, special: false).Sha256, Rendered(tag, special: true).Sha256));
    }

    private static Notice Rendered(string tag, bool special)
    {
        var words = new NoticeWords
        {
            Controller = "Controller", Contact = "Contact", ComplaintAuthority = "Authority", What = "What", WhatChat = "Chat", Purpose = "Purpose", LegalBasis = "Basis", WhoMayWatch = "Viewers",
            Risks = "Risks", Declining = "Declining", Rights = "Rights", SpecialCategories = "Special",
        };
        var published = new PublishedNotice { Id = "pinned", Version = 1, Language = tag, Words = words, AsksSpecialCategories = special, AsksGuardian = false, PublishedAt = Day, PublishedBy = "server" };
        return Notice.For(published, Participant.First, chat: true, "Tina", "eu-central-1", [new(RetentionPart.Screen, Day), new(RetentionPart.Chat, Day)]);
    }

    /// <summary>Every text of a language, by the path of its property; functions are called.</summary>
    private static Dictionary<string, string> Texts(string tag)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var language = ParticipantLanguage.Find(tag)!;
        foreach (var part in (object[])[language.Words, language.Frame, language.Defaults]) { Collect(part, part.GetType().Name, found); }
        return found;
    }

    private static void Collect(object part, string path, Dictionary<string, string> found)
    {
        foreach (var property in part.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
        {
            var (name, value) = ($"{path}.{property.Name}", property.GetValue(part));
            switch (value)
            {
                case string text: found[name] = text; break;
                case Func<string, string> sentence: found[name] = sentence("x"); break;
                case Func<string, string, string> sentence: found[name] = sentence("x", "y"); break;
                case Func<double, double, string> sentence: found[name] = sentence(12, 10); break;
                case Func<int, int, int, string> date:
                    for (var month = 1; month <= 12; month++) { found[$"{name}.{month}"] = date(2, month, 2027); }
                    break;
                default: Collect(Assert.IsType<object>(value, exactMatch: false), name, found); break;
            }
        }
    }
}
