using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Recovery;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>What a person was promised can be read back from the text that they saw, in every language.</summary>
public sealed class ReadNoticeTests
{
    private static readonly DateTimeOffset Shown = new(2026, 3, 1, 22, 0, 0, TimeSpan.Zero);
    private static readonly long Day = RetentionDates.DayOf(Shown);

    public static TheoryData<string> Languages => [.. ParticipantLanguage.All.Select(language => language.Tag)];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Words_and_the_one_date_come_back(string tag)
    {
        var (words, read) = Read(tag, asksSpecial: true, "p1", [new(RetentionPart.Screen, RetentionDates.EndOf(Day + 90)), new(RetentionPart.Chat, RetentionDates.EndOf(Day + 90))]);
        Assert.Equal(words, read.Words);
        Assert.Equal((true, "Tina T."), (read.AsksSpecialCategories, read.Technician));
        Assert.Equal(RetentionDates.EndOf(Day + 90), read.Kept![RetentionPart.Screen]);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Parts_with_dates_of_their_own_come_back(string tag)
    {
        var (_, read) = Read(tag, asksSpecial: false, "g1",
        [
            new(RetentionPart.Screen, RetentionDates.EndOf(Day + 3650)), new(RetentionPart.Chat, RetentionDates.EndOf(Day + 7)), new(RetentionPart.Events, null, "Article 17(3)(e)", new DateOnly(2027, 1, 1)),
        ]);
        Assert.Equal((RetentionDates.EndOf(Day + 3650), RetentionDates.EndOf(Day + 7), null), (read.Kept![RetentionPart.Screen], read.Kept[RetentionPart.Chat], read.Kept[RetentionPart.Events]));
        Assert.Equal((false, true), (read.AsksSpecialCategories, read.AsksGuardian));
    }

    [Fact]
    public void A_text_that_is_no_notice_promises_nothing_that_is_known()
    {
        Assert.Null(ReadNotice.Of("You are asked whether this session may be recorded.", "en", Shown).Kept);
        Assert.Null(ReadNotice.Of("Until when\nUntil the cows come home. Then it is deleted.", "en", Shown).Kept);
    }

    private static (NoticeWords Words, ReadNotice Read) Read(string tag, bool asksSpecial, string participant, IReadOnlyList<KeepingTerm> terms)
    {
        var language = ParticipantLanguage.Find(tag)!;
        var words = language.Defaults with { Controller = "Example Ltd", Contact = "privacy@example.org", ComplaintAuthority = "The Authority", SpecialCategories = asksSpecial ? language.Defaults.SpecialCategories : "" };
        var published = new PublishedNotice
        {
            Id = "n", Version = 1, Language = tag, Words = words, AsksSpecialCategories = asksSpecial, AsksGuardian = false, PublishedAt = Shown, PublishedBy = "server",
        };
        var text = Notice.For(published, participant, chat: true, "Tina T.", "eu-central", terms).Text;
        return (words, ReadNotice.Of(text, tag, Shown));
    }
}
