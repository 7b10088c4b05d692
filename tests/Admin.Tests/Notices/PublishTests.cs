using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Notices;
using SecureRecorder.Admin.Tests.Consent;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Notices;

/// <summary>C3, C4: drafts, versions, and people who read meanwhile.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        technician.Dispose();
        await server.DisposeAsync();
    }

    public static TheoryData<string> Fields => [.. NoticeFields.All.Select(one => one.Key)];

    [Fact]
    public async Task The_first_version_is_published_from_the_configuration_in_four_languages()
    {
        var first = await VersionsAsync();
        Assert.Equal(["de 1 server", "en 1 server", "es 1 server", "fr 1 server"], first.Select(notice => $"{notice.Language} {notice.Version} {notice.PublishedBy}"));
        Assert.All(first, notice => Assert.Equal("Example Ltd, 1 Example Street", notice.Words.Controller));
        await server.StartAgainAsync();
        Assert.Equal(first.Select(notice => notice.Words), (await VersionsAsync()).Select(notice => notice.Words));
    }

    [Fact]
    public async Task A_draft_is_shown_to_nobody_and_becomes_the_next_version_in_all_languages_at_once()
    {
        await SaveAsync("en", (nameof(NoticeWords.Purpose), "Because of a new purpose."));
        using (var before = await JoinAsync()) { Assert.DoesNotContain("new purpose", (await before.NoticeAsync()).Text, StringComparison.Ordinal); }
        using var stranger = new Browser(server);
        Assert.Equal("/sign-in?ReturnUrl=%2Fnotices%2Fpreview%2Fen", new Uri((await stranger.GetAsync("/notices/preview/en")).Headers.Location!.ToString()).PathAndQuery);

        Assert.Equal(HttpStatusCode.Redirect, (await PublishAsync(2)).StatusCode);
        using var after = await JoinAsync();
        var asked = await after.NoticeAsync();
        Assert.Equal(2, asked.Notice.Version);
        Assert.Contains("Because of a new purpose.", asked.Text, StringComparison.Ordinal);
        Assert.Equal(["de", "en", "es", "fr"], (await VersionsAsync()).Where(notice => notice.Version == 2).Select(notice => notice.Language));
        var row = await server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Action == "notice.published").OrderBy(row => row.Id).LastAsync());
        Assert.Equal("tina support-recording version 2: en, de, fr, es", $"{row.Actor} {row.Detail}");
        Assert.Contains("by tina", await technician.Browser.ReadAsync("/notices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_reads_while_another_version_is_published_signs_for_what_they_read()
    {
        using var person = await JoinAsync();
        var asked = await person.NoticeAsync();
        await SaveAsync("en", (nameof(NoticeWords.Purpose), "Because of a new purpose."));
        await PublishAsync(2);
        Assert.Equal(asked.Text, (await person.NoticeAsync()).Text);

        using var forTheNewOne = await person.GiveAsync(person.Sign(asked, receipt => receipt with { Notice = receipt.Notice with { Version = 2 } }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forTheNewOne.StatusCode);
        var (receipt, _) = ConsentReceipt.Verify(await person.AllowAsync(), asked.Session);
        Assert.Equal((1, asked.Notice.Sha256), (receipt.Notice.Version, receipt.Notice.Sha256));
        Assert.Equal(asked.Text, (await person.NoticeAsync()).Text);
        Assert.Equal(asked.Notice.Sha256, (await server.ParticipantAsync(asked.Session)).NoticeSha256);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task An_empty_or_too_long_field_of_an_enabled_language_stops_publishing_and_is_named(string key)
    {
        var field = NoticeFields.All.Single(field => field.Key == key);
        foreach (var (value, said) in ((string, string)[])[(" \n ", "is empty."), (new string('x', NoticeWords.Longest + 1), $"has {NoticeWords.Longest + 1} characters")])
        {
            await SaveAsync("fr", (key, value), (nameof(NoticeDraft.AsksSpecialCategories), "true"));
            using var refused = await PublishAsync(2);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains($"French: “{field.Label}” {said}", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(await VersionsAsync(), notice => notice.Version == 2);
        await SaveAsync("fr", (key, ""), ("Enabled", "")); // what is wrong in a disabled language stops nobody
        Assert.Equal(HttpStatusCode.Redirect, (await PublishAsync(2)).StatusCode);
        Assert.Equal(["de", "en", "es"], (await VersionsAsync()).Where(notice => notice.Version == 2).Select(notice => notice.Language));
        using var person = await JoinAsync("fr");
        Assert.Equal("en", (await person.NoticeAsync()).Notice.Language);
    }

    [Fact]
    public async Task The_last_language_stays_enabled_and_publishing_twice_publishes_once()
    {
        foreach (var tag in (string[])["de", "fr", "es"]) { Assert.Equal(HttpStatusCode.Redirect, (await SaveAsync(tag, ("Enabled", ""))).StatusCode); }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SaveAsync("en", ("Enabled", ""))).StatusCode);
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.Conflict], [(await PublishAsync(2)).StatusCode, (await PublishAsync(2)).StatusCode]);
        Assert.Equal(["en"], (await VersionsAsync()).Where(notice => notice.Version > 1).Select(notice => notice.Language));
    }

    [Fact]
    public async Task Publishing_and_saving_need_the_pages_token_and_an_account()
    {
        using var noToken = await technician.Browser.SendAsync(new(HttpMethod.Post, "/notices/publish") { Content = new FormUrlEncodedContent([new("version", "2")]) }, "text/html");
        using var person = await JoinAsync();
        using var asPerson = await person.Browser.SubmitAsync("/consent", "/notices/publish", ("version", "2"));
        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized], [noToken.StatusCode, asPerson.StatusCode]);
        Assert.DoesNotContain(await VersionsAsync(), notice => notice.Version == 2);
    }

    [Fact]
    public async Task The_preview_is_the_persons_page_of_the_saved_draft_inert_and_framed_by_the_editor_only()
    {
        await SaveAsync("de", (nameof(NoticeWords.Purpose), "Aus einem neuen Grund."));
        using var preview = await technician.Browser.GetAsync("/notices/preview/de");
        var page = await preview.Content.ReadAsStringAsync();
        Assert.Contains("Aus einem neuen Grund.", ShownNotice.TextOf(page), StringComparison.Ordinal);
        Assert.DoesNotContain("consent.js", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "<(form|div)[^>]* inert", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
        Assert.Contains("frame-ancestors 'self'", preview.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var editor = await technician.Browser.GetAsync("/notices/draft/de");
        Assert.Contains("frame-src 'self'", editor.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", editor.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var old = await technician.Browser.GetAsync("/notices/versions/1/de");
        Assert.Contains(ParticipantLanguage.Find("de")!.Defaults.Purpose, ShownNotice.TextOf(await old.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    private async Task<Person> JoinAsync(string acceptLanguage = "en")
    {
        var (_, code) = await technician.StartSessionAsync();
        var person = new Person(server);
        person.Browser.AcceptLanguage = acceptLanguage;
        using var joined = await person.EnterAsync(code);
        return person;
    }

    private Task<HttpResponseMessage> PublishAsync(int version) => technician.Browser.SubmitAsync("/notices", "/notices/publish", ("version", $"{version}"));

    /// <summary>Saves the draft as it is, with these fields changed.</summary>
    private Task<HttpResponseMessage> SaveAsync(string tag, params (string Key, string Value)[] changes) => technician.SaveDraftAsync(tag, changes);

    private Task<List<PublishedNotice>> VersionsAsync() => server.InCatalogueAsync(catalogue =>
        catalogue.Notices.AsNoTracking().OrderBy(notice => notice.Version).ThenBy(notice => notice.Language).ToListAsync());
}
