using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Tests.Chat;

namespace SecureRecorder.Admin.Tests.Receipts;

/// <summary>C9: the receipt's link shows, later and without an account, what is stored and who watched it.</summary>
public sealed class ReceiptPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    [Fact]
    public async Task The_link_of_a_receipt_opens_its_page_without_account_or_cookie()
    {
        using var kept = await KeptAsync();
        using var nobody = new Browser(Server);
        using var answer = await nobody.GetAsync(kept.Page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var asked = await kept.Person.NoticeAsync();
        var session = await Server.SessionAsync(kept.Session);
        string[] said =
        [
            "Tina Technician", "region local", session.KeepUntil!.Value.UtcDateTime.ToString("d MMMM yyyy"), $"{asked.Notice.Id}, version {asked.Notice.Version} ({asked.Notice.Language})",
            session.ConsentAt!.Value.UtcDateTime.ToString("d MMMM yyyy, HH:mm"), "Nobody has watched it so far", "Your consent and the notice", asked.Text, "Allowed, not recorded yet",
            "Send me a copy", "Erase it", "This was not me",
        ];
        foreach (var words in said) { Assert.Contains(words, page, StringComparison.Ordinal); }

        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("<style|style=\"|<script>|\\son[a-z]+=\"|javascript:", html);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", html);
    }

    [Fact]
    public async Task It_speaks_the_language_in_which_the_person_read_the_notice()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        using var person = new Person(Server);
        person.Browser.AcceptLanguage = "de-AT";
        using (await person.EnterAsync(code)) { }
        await person.AllowAsync();
        using var file = await person.Browser.GetAsync("/consent/receipt");
        var path = new Uri((string)JsonNode.Parse(await file.Content.ReadAsStringAsync())!["page"]!).AbsolutePath;

        using var nobody = new Browser(Server) { AcceptLanguage = "fr" };
        var page = await nobody.ReadAsync(path);
        foreach (var words in (string[])["<html lang=\"de\">", "Bisher hat sie niemand angesehen.", "Erlaubt, noch nicht aufgezeichnet", "Das war nicht ich"]) { Assert.Contains(words, page, StringComparison.Ordinal); }
        using var refused = await nobody.SubmitAsync(path, $"{path}/requests", ("kind", "another"));
        Assert.Contains("Wählen Sie eine der drei Anfragen.", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_is_the_same_every_time_and_after_a_restart()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        using var kept = await Kept.ReceiptAsync(server, technician);
        await server.StartAgainAsync();
        using var nobody = new Browser(server);
        Assert.Contains("Your recorded session", await nobody.ReadAsync(kept.Page), StringComparison.Ordinal);
        using var again = await kept.Person.Browser.GetAsync("/consent/receipt");
        Assert.EndsWith(kept.Page, (string)JsonNode.Parse(await again.Content.ReadAsStringAsync())!["page"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_receipt_can_be_downloaded_again_and_verifies()
    {
        using var kept = await KeptAsync();
        using var nobody = new Browser(Server);
        using var file = await nobody.GetAsync(kept.Page + "/file");
        Assert.Equal("application/json", file.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("consent-receipt-", file.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
        var verified = Assert.IsType<VerifyReceiptFile.Outcome.Verified>(VerifyReceiptFile.Run(await file.Content.ReadAsByteArrayAsync(), null));
        Assert.Equal((kept.Session, kept.Page), (verified.Receipt.Session, new Uri(verified.Page).AbsolutePath));
    }

    [Fact]
    public async Task Every_link_that_does_not_work_gets_one_and_the_same_answer()
    {
        using var kept = await KeptAsync();
        using var other = await KeptAsync();
        using var nobody = new Browser(Server);
        var token = kept.Page.Split('/')[^1];
        var expected = await WrongAsync(nobody, "/receipts/nothing");
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token[..at] + (token[at] == 'a' ? 'b' : 'a') + token[(at + 1)..];
            Assert.Equal(expected, await WrongAsync(nobody, "/receipts/" + changed));
        }

        var (unknown, undecided) = (Guid.CreateVersion7(Server.Clock.GetUtcNow()), (await shared.Technician.StartSessionAsync()).Session);
        var links = Server.Services.GetRequiredService<ReceiptLinks>();
        foreach (var wrong in (string[])
        [
            token.ToUpperInvariant(), token[..^1], token + "A", token + "%20", token.Replace(".", "", StringComparison.Ordinal), token[..33], $"{other.Session:N}{token[32..]}", $"{kept.Session}{token[32..]}",
            links.TokenOf(unknown, "p1"), links.TokenOf(undecided, "p1"), new string('a', 4000),
        ])
        {
            Assert.Equal(expected, await WrongAsync(nobody, "/receipts/" + wrong));
            Assert.Equal(expected, await WrongAsync(nobody, $"/receipts/{wrong}/file"));
            using var asked = await nobody.SubmitAsync(kept.Page, $"/receipts/{wrong}/requests", ("kind", "copy"));
            Assert.Equal((HttpStatusCode.NotFound, expected), (asked.StatusCode, await asked.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task It_names_who_watched_when_and_why()
    {
        using var kept = await KeptAsync();
        using var other = await KeptAsync();
        using var nobody = new Browser(Server);
        Assert.Contains("Nobody has watched it", await nobody.ReadAsync(kept.Page), StringComparison.Ordinal);

        var before = Server.Clock.GetUtcNow();
        using (var opened = await shared.Technician.Browser.SubmitAsync($"/sessions/{kept.Session}/replay", $"/sessions/{kept.Session}/replay", ("purpose", "Complaint or dispute")))
        {
            Assert.StartsWith("/replay/", opened.Headers.Location?.ToString(), StringComparison.Ordinal);
        }

        var grant = await Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.ReplayGrants.Single(g => g.Session == kept.Session)));
        Assert.True(grant.GrantedAt >= before.AddMilliseconds(-1));
        var page = await nobody.ReadAsync(kept.Page);
        Assert.DoesNotContain("Nobody has watched it", page, StringComparison.Ordinal);
        var watched = page.Split("id=\"watched\"")[1].Split("</section>")[0];
        Assert.Contains("Tina Technician", watched, StringComparison.Ordinal);
        Assert.Contains("Purpose: Complaint or dispute", watched, StringComparison.Ordinal);
        Assert.Contains(grant.GrantedAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm"), watched, StringComparison.Ordinal);
        Assert.Contains("Nobody has watched it", await nobody.ReadAsync(other.Page), StringComparison.Ordinal); // another session's page says nothing of it
    }

    [Fact]
    public async Task It_says_what_is_true_when_the_consent_cannot_be_read()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        using var kept = await Kept.ReceiptAsync(server, technician);
        await server.StopAsync();
        foreach (var consent in Directory.EnumerateDirectories(Path.Combine(server.Data, "bucket"), "consent", SearchOption.AllDirectories)) { Directory.Delete(consent, recursive: true); }
        await server.StartAgainAsync();
        using var nobody = new Browser(server);
        Assert.Contains("cannot be read at the moment, or not any more", await nobody.ReadAsync(kept.Page), StringComparison.Ordinal);
        using var file = await nobody.GetAsync(kept.Page + "/file");
        Assert.Equal(HttpStatusCode.Gone, file.StatusCode);
    }

    [Fact]
    public async Task After_the_erasure_it_still_says_who_had_watched()
    {
        await using var scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        using var download = await scene.Person.Browser.GetAsync("/consent/receipt");
        var path = new Uri((string)JsonNode.Parse(await download.Content.ReadAsStringAsync())!["page"]!).AbsolutePath;
        await scene.FinishAsync();
        using (await scene.Technician.Browser.SubmitAsync($"/sessions/{scene.Session}/replay", $"/sessions/{scene.Session}/replay", ("purpose", "Quality assurance"))) { }
        using var nobody = new Browser(scene.Server);
        var before = await nobody.ReadAsync(path);
        foreach (var said in (string[])["Your screen", "Recorded", "Kept until", "Erase it"]) { Assert.Contains(said, before, StringComparison.Ordinal); }

        await scene.Person.PressAsync("erase");
        var after = await nobody.ReadAsync(path);
        foreach (var said in (string[])["nothing any more", "Purpose: Quality assurance", "was deleted with the recording", "This was not me"]) { Assert.Contains(said, after, StringComparison.Ordinal); }
        foreach (var gone in (string[])["Kept until", "The notice as you read it", "Send me a copy", "Erase it"]) { Assert.DoesNotContain(gone, after, StringComparison.Ordinal); }

        using var file = await nobody.GetAsync(path + "/file");
        Assert.Equal(HttpStatusCode.Gone, file.StatusCode);
        Assert.IsType<VerifyReceiptFile.Outcome.Verified>(VerifyReceiptFile.Run(await download.Content.ReadAsByteArrayAsync(), null)); // what was kept proves it still
    }

    [Fact]
    public async Task Links_are_tried_a_few_times_a_minute_only()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "8"));
        using var nobody = new Browser(server);
        for (var tries = 0; tries < 8; tries++) { await WrongAsync(nobody, $"/receipts/{tries}"); }

        using var limited = await nobody.GetAsync("/receipts/once-more");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
    }

    [Fact]
    public async Task Nothing_of_the_link_is_stored()
    {
        using var kept = await KeptAsync();
        Assert.Empty(Server.FilesThatHold(kept.Page.Split('.')[^1]));
    }

    private static async Task<string> WrongAsync(Browser browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<Kept> KeptAsync() => Kept.ReceiptAsync(Server, shared.Technician);
}
