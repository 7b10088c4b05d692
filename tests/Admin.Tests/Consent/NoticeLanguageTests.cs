using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>C10: the person reads in their language, changes it until they decide, and the receipt names it.</summary>
public sealed class NoticeLanguageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    public static TheoryData<string> Tags => [.. ParticipantLanguage.All.Select(language => language.Tag)];

    [Theory]
    [MemberData(nameof(Tags))]
    public async Task Every_page_of_the_person_is_in_the_language_that_their_browser_asks_for(string tag)
    {
        var words = ParticipantLanguage.Find(tag)!.Words;
        using var person = new Person(Server);
        person.Browser.AcceptLanguage = tag;
        Assert.Contains($"<html lang=\"{tag}\">", await person.Browser.ReadAsync("/join"), StringComparison.Ordinal);
        using var refused = await person.EnterAsync("0000-0000");
        Assert.Contains(words.Join.Refused, WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        var (_, code) = await shared.Technician.StartSessionAsync();
        using var joined = await person.EnterAsync(code);
        var page = await person.Browser.ReadAsync("/consent");
        foreach (var said in (string[])[$"<html lang=\"{tag}\">", words.Decision.Allow, words.Decision.Decline, words.Decision.More, words.Decision.NeedMoreTime, words.Problems.Insecure])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }

        using var declined = await person.Browser.SubmitAsync("/consent", "/consent/decline");
        var closed = await person.Browser.ReadAsync("/consent");
        Assert.Contains(words.Closed.DeclinedHeading, closed, StringComparison.Ordinal);
        Assert.Contains($"<html lang=\"{tag}\">", closed, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tags))]
    public async Task While_they_are_recorded_and_afterwards_the_page_speaks_their_language_too(string tag)
    {
        var words = ParticipantLanguage.Find(tag)!.Words.Live;
        using var person = await InvitedAsync(tag);
        await person.AllowAsync();
        var page = await person.Browser.ReadAsync("/live");
        foreach (var said in (string[])[$"<html lang=\"{tag}\">", words.WaitingTitle, words.Pause, words.Withdraw, words.KeepOpen, words.Download, words.Chat.Heading, words.Chat.Recorded, words.Chat.Send])
        {
            Assert.Contains(said, page, StringComparison.Ordinal);
        }

        Assert.Equal(words.PausedByYou.Detail, (await person.PressAsync("pause")).Detail);
        Assert.Equal(words.Failed, (await person.PressAsync("end")).Title);
        Assert.Contains(words.StoredNothing, await person.Browser.ReadAsync("/live"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tags))]
    public async Task The_digest_is_that_of_what_the_page_shows_in_each_language(string tag)
    {
        using var person = await InvitedAsync(tag);
        var asked = await person.NoticeAsync();
        using var page = await person.Browser.GetAsync("/consent");
        var shown = ShownNotice.TextOf(await page.Content.ReadAsStringAsync());
        Assert.Equal(asked.Text, shown);
        Assert.Equal(asked.Notice.Sha256, Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(shown))));
        Assert.Equal(tag, asked.Notice.Language);
        foreach (var said in (string[])["Tina Technician", "Example Ltd, 1 Example Street", "privacy@example.org", "The Example Authority", "local"]) { Assert.Contains(said, shown, StringComparison.Ordinal); }

        var (receipt, _) = ConsentReceipt.Verify(await person.AllowAsync(), asked.Session);
        Assert.Equal(tag, receipt.Notice.Language);
    }

    [Fact]
    public async Task A_language_that_nobody_wrote_gets_the_configured_one()
    {
        using var person = await InvitedAsync("ja,zh;q=0.5");
        Assert.Equal("en", (await person.NoticeAsync()).Notice.Language);
    }

    [Fact]
    public async Task The_switch_changes_the_notice_and_the_receipt_until_the_decision_and_nothing_afterwards()
    {
        using var person = await InvitedAsync("en");
        var english = await person.NoticeAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await SwitchAsync(person, "de")).StatusCode);
        var german = await person.NoticeAsync();
        Assert.Equal(("de", english.Notice.Version), (german.Notice.Language, german.Notice.Version));
        Assert.Contains("<html lang=\"de\">", await person.Browser.ReadAsync("/consent"), StringComparison.Ordinal);

        using var other = await person.GiveAsync(person.Sign(english)); // a page that still shows English
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("Der Hinweis auf dieser Seite", System.Text.RegularExpressions.Regex.Unescape(await other.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        var token = await person.Browser.TokenAsync("/consent");
        var (receipt, _) = ConsentReceipt.Verify(await person.AllowAsync(), german.Session);
        Assert.Equal(german.Notice, receipt.Notice);
        using var late = await person.Browser.PostAsync("/consent/language", token, ("language", "fr"));
        Assert.Equal("de", (await Server.ParticipantAsync(german.Session)).NoticeLanguage);
    }

    [Theory]
    [InlineData("it")]
    [InlineData("")]
    [InlineData("de-AT")]
    public async Task A_language_that_the_version_does_not_have_changes_nothing(string tag)
    {
        using var person = await InvitedAsync("fr");
        await SwitchAsync(person, tag);
        Assert.Equal("fr", (await person.NoticeAsync()).Notice.Language);
    }

    [Fact]
    public async Task More_time_is_given_three_times()
    {
        using var person = await InvitedAsync("en");
        var session = (await person.NoticeAsync()).Session;
        var first = (await Server.ParticipantAsync(session)).DecideUntil!.Value;
        var token = await person.Browser.TokenAsync("/consent");
        for (var times = 1; times <= ExtendTimeToDecide.MostTimes + 2; times++)
        {
            using var asked = await person.Browser.PostAsync("/consent/more-time", token);
            Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
            Assert.Equal(first + (ExtendTimeToDecide.Step * Math.Min(times, ExtendTimeToDecide.MostTimes)), (await Server.ParticipantAsync(session)).DecideUntil);
        }

        Assert.DoesNotContain("/consent/more-time", await person.Browser.ReadAsync("/consent"), StringComparison.Ordinal);
        await person.AllowAsync();
        using var afterwards = await person.Browser.PostAsync("/consent/more-time", token);
        Assert.Equal(SessionState.Ready, (await Server.SessionAsync(session)).State);
    }

    private static Task<HttpResponseMessage> SwitchAsync(Person person, string tag) => person.Browser.SubmitAsync("/consent", "/consent/language", ("language", tag));

    private async Task<Person> InvitedAsync(string acceptLanguage)
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        var person = new Person(Server);
        person.Browser.AcceptLanguage = acceptLanguage;
        using var joined = await person.EnterAsync(code);
        Assert.Equal("/consent", joined.Headers.Location?.ToString());
        return person;
    }
}
