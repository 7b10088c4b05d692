using System.Net;
using System.Text.Json.Nodes;
using SecureRecorder.Admin.Tests.Access.Entitlements;

namespace SecureRecorder.Admin.Tests.Replay;

/// <summary>A session is watched for what its person read, and for nothing else, whatever is published afterwards.</summary>
public sealed class PurposeTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        tina = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_purpose_of_another_notice_is_refused_and_audited()
    {
        var (before, _) = await AllowedAsync("en");
        await PublishAsync(2, "Research\nComplaint or dispute\nSecurity incident\nTraining of staff");
        var (after, text) = await AllowedAsync("en");
        Assert.Contains("Only for: Research; Complaint or dispute; Security incident; Training of staff.", text, StringComparison.Ordinal);

        foreach (var (session, refused, accepted) in new[] { (before, "Research", "Quality assurance"), (after, "Quality assurance", "Research") })
        {
            using (var answer = await tina.Browser.SubmitAsync($"/sessions/{session}/replay", $"/sessions/{session}/replay", ("purpose", refused)))
            {
                Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
                Assert.DoesNotContain($"value=\"{refused}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            Assert.NotNull(await RightsScene.OpenAsync(tina.Browser, session, accepted));
            Assert.Equal(
                ["refused a purpose that the notice did not name", $"allowed {accepted}"],
                await server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Audit.Where(row => row.Session == session && row.Action == "replay.open").OrderBy(row => row.Id).Select(row => $"{row.Outcome} {row.Detail}").ToList())));
        }

        foreach (var typed in (string[])["", "quality assurance", "Curiosity"]) { Assert.Null(await RightsScene.OpenAsync(tina.Browser, before, typed)); }
    }

    [Fact]
    public async Task The_receipts_page_says_the_purpose_in_the_words_that_the_person_read()
    {
        var (_, code) = await tina.StartSessionAsync();
        using var person = new Person(server);
        person.Browser.AcceptLanguage = "de";
        using (await person.EnterAsync(code)) { }
        Assert.Contains("Nur hierfür: Qualitätssicherung; Beschwerde oder Streitfall; Sicherheitsvorfall; Schulung von Beschäftigten.", (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        var session = (await person.NoticeAsync()).Session;
        await person.AllowAsync();
        Assert.NotNull(await RightsScene.OpenAsync(tina.Browser, session, "Complaint or dispute"));
        using var file = await person.Browser.GetAsync("/consent/receipt");
        var page = new Uri((string)JsonNode.Parse(await file.Content.ReadAsStringAsync())!["page"]!).AbsolutePath;
        using var nobody = new Browser(server);
        Assert.Contains("Beschwerde oder Streitfall", await nobody.ReadAsync(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Research", "the same purposes stand in every language")]
    [InlineData("", "“For what it may be watched” is empty")]
    [InlineData("One\nTwo\nThree\nONE", "named twice")]
    [InlineData("One\nTwo\nThree\n123456789012345678901234567890123456789012345678901234567890123456789012345678901", "it may have 80")]
    public async Task Purposes_that_do_not_mean_the_same_everywhere_are_not_published(string purposes, string words)
    {
        using (await tina.SaveDraftAsync("en", ("Purposes", purposes))) { }
        using var answer = await tina.Browser.SubmitAsync("/notices", "/notices/publish", ("version", "2"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configured_purposes_seed_the_first_notice_in_its_language_alone_and_hold_for_notices_that_name_none()
    {
        await using var other = await Server.StartAsync(("Replay:Purposes:0", "Warranty"));
        var published = Assert.Single(await other.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Notices.ToList())));
        Assert.Equal(("en", "Warranty"), (published.Language, published.Words.Purposes));

        using var technician = await Technician.SignInAsync(other);
        await other.InCatalogueAsync(async catalogue =>
        {
            var notice = catalogue.Notices.Single();
            notice.Words = notice.Words with { Purposes = "" }; // as versions were that named none
            catalogue.Entry(notice).Property(n => n.PublishedBy).IsModified = true;
            return await catalogue.SaveChangesAsync();
        });
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(other, code);
        Assert.DoesNotContain("Only for", (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        await person.AllowAsync();
        Assert.Null(await RightsScene.OpenAsync(technician.Browser, session));
        Assert.NotNull(await RightsScene.OpenAsync(technician.Browser, session, "Warranty"));
    }

    private async Task PublishAsync(int version, string purposes)
    {
        using (await tina.SaveDraftAsync("en", ("Purposes", purposes))) { }
        using var published = await tina.Browser.SubmitAsync("/notices", "/notices/publish", ("version", $"{version}"));
        Assert.Equal(HttpStatusCode.Redirect, published.StatusCode);
    }

    /// <summary>A session that somebody allowed, and what they read.</summary>
    private async Task<(Guid Session, string Text)> AllowedAsync(string language)
    {
        var (session, code) = await tina.StartSessionAsync();
        using var person = new Person(server);
        person.Browser.AcceptLanguage = language;
        using (await person.EnterAsync(code)) { }
        var text = (await person.NoticeAsync()).Text;
        await person.AllowAsync();
        return (session, text);
    }
}
