using System.Net;
using System.Text.Json;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>Health, union membership, beliefs: asked for separately, answered by a tick, and without it kept off the screen.</summary>
public sealed class SpecialCategoriesTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
        using var saved = await technician.SaveDraftAsync("en", (nameof(NoticeDraft.AsksSpecialCategories), "true"));
        using var published = await technician.Browser.SubmitAsync("/notices", "/notices/publish", ("version", "2"));
        Assert.Equal(HttpStatusCode.Redirect, published.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        technician.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task The_page_asks_with_an_unticked_box_and_says_what_an_empty_one_means_and_both_are_in_the_text(string tag)
    {
        using var person = await JoinAsync(tag);
        var language = ParticipantLanguage.Find(tag)!;
        using var answer = await person.Browser.GetAsync("/consent");
        var page = await answer.Content.ReadAsStringAsync();
        var asked = await person.NoticeAsync();
        Assert.Matches("<input[^>]*type=\"checkbox\" id=\"special-categories\"", page);
        Assert.DoesNotMatch("id=\"special-categories\"[^>]*checked", page);
        Assert.Equal(asked.Text, ShownNotice.TextOf(page));
        Assert.EndsWith($"{language.Frame.SpecialCategories}\n{language.Defaults.SpecialCategories}\n{language.Frame.WithoutTheTick}", asked.Text, StringComparison.Ordinal);
        Assert.False(asked.Choices.SpecialCategories);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Allowing_with_and_without_the_tick_is_accepted_and_the_receipt_says_which(bool ticked)
    {
        using var person = await JoinAsync("en");
        var asked = await person.NoticeAsync();
        using var given = await person.GiveAsync(person.Sign(asked, receipt => receipt with { Choices = receipt.Choices with { SpecialCategories = ticked } }));
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        using var download = await person.Browser.GetAsync("/consent/receipt");
        using var kept = JsonDocument.Parse(await download.Content.ReadAsStringAsync());
        var (receipt, _) = ConsentReceipt.Verify(kept.RootElement.GetProperty("receipt").GetString()!, asked.Session);
        Assert.Equal(ticked, receipt.Choices.SpecialCategories);
    }

    [Fact]
    public async Task A_receipt_that_leaves_the_question_open_is_refused()
    {
        using var person = await JoinAsync("en");
        var asked = await person.NoticeAsync();
        using var given = await person.GiveAsync(person.Sign(asked, receipt => receipt with { Choices = receipt.Choices with { SpecialCategories = null } }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, given.StatusCode);
        Assert.Equal(SessionState.AwaitingConsent, (await server.SessionAsync(asked.Session)).State);
    }

    private async Task<Person> JoinAsync(string acceptLanguage)
    {
        var (_, code) = await technician.StartSessionAsync();
        var person = new Person(server);
        person.Browser.AcceptLanguage = acceptLanguage;
        using var joined = await person.EnterAsync(code);
        return person;
    }
}
