using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Requests;
using SecureRecorder.Admin.Tests.Receipts;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Requests;

/// <summary>C9: the person asks on the receipt's page, the organization answers, the person reads it there.</summary>
[Trait("Catalogue", "both")]
public sealed class RequestTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    [Theory]
    [InlineData("copy", "Send me a copy")]
    [InlineData("erasure", "Erase it")]
    [InlineData("not-me", "This was not me")]
    public async Task A_request_reaches_the_organization_and_its_answer_the_person(string kind, string words)
    {
        using var kept = await KeptAsync();
        using (var asked = await kept.AskAsync(Server, kind, $"About {kind}.\r\nSecond line.", "me@example.org")) { Assert.Equal(kept.Page + "#made", asked.Headers.Location?.ToString()); }

        var request = Assert.Single(await CasesAsync(kept.Session));
        Assert.Equal((RequestState.Open, $"About {kind}.\nSecond line.", "me@example.org"), (request.State, request.Text, request.Contact));
        using var nobody = new Browser(Server);
        Assert.Contains("Waiting for an answer", await nobody.ReadAsync(kept.Page), StringComparison.Ordinal);
        Assert.Contains($"/requests/{request.Id}", await shared.Technician.Browser.ReadAsync("/requests"), StringComparison.Ordinal);
        var page = await shared.Technician.Browser.ReadAsync($"/requests/{request.Id}");
        foreach (var said in (string[])[words, $"About {kind}.", "me@example.org", "Open"]) { Assert.Contains(said, page, StringComparison.Ordinal); }

        using (var answered = await AnswerAsync(request.Id, "Done today.\r\nGoodbye.")) { Assert.Equal($"/requests/{request.Id}", answered.Headers.Location?.ToString()); }

        var closed = Assert.Single(await CasesAsync(kept.Session));
        Assert.Equal((RequestState.Closed, "Done today.\nGoodbye.", Technician.UserName), (closed.State, closed.Answer, closed.ClosedBy));
        Assert.NotNull(closed.ClosedAt);
        var read = await nobody.ReadAsync(kept.Page);
        Assert.Contains("Done today.\nGoodbye.", read, StringComparison.Ordinal);
        Assert.DoesNotContain("Waiting for an answer", read, StringComparison.Ordinal);
        Assert.Equal([$"participant request.made allowed {kind}", $"tina request.answered allowed {kind}"], await AuditAsync(kept.Session));
    }

    [Fact]
    public async Task Open_requests_come_first_the_oldest_on_top()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        using var kept = await Kept.ReceiptAsync(server, technician);
        foreach (var text in (string[])["first", "second", "third"])
        {
            using var asked = await kept.AskAsync(server, "copy", text);
            server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var ids = await server.InCatalogueAsync(catalogue => catalogue.RequestCases.OrderBy(r => r.At).Select(r => r.Id).ToListAsync());
        using (await technician.Browser.SubmitAsync($"/requests/{ids[0]}", $"/requests/{ids[0]}/answer", ("answer", "Here it is."))) { }

        var list = await technician.Browser.ReadAsync("/requests");
        Assert.Equal([ids[1], ids[2], ids[0]], ids.OrderBy(id => list.IndexOf(id.ToString(), StringComparison.Ordinal)));
        server.Clock.Advance(TimeSpan.FromDays(32));
        using var again = await technician.EnterAsync(Technician.Password, technician.Code());
        Assert.Contains("Overdue", await technician.Browser.ReadAsync("/requests"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_requests_may_be_open_however_many_come_at_once()
    {
        using var kept = await KeptAsync();
        using var other = await KeptAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => kept.AskAsync(Server, "copy", $"number {i}")));
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect));
        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        foreach (var answer in answers) { answer.Dispose(); }

        Assert.Equal(5, (await CasesAsync(kept.Session)).Count);
        Assert.Equal(4, (await AuditAsync(kept.Session)).Count(row => row == "participant request.made refused copy"));
        using (var elsewhere = await other.AskAsync(Server, "copy")) { Assert.Equal(HttpStatusCode.Redirect, elsewhere.StatusCode); }
        using (await AnswerAsync((await CasesAsync(kept.Session))[0].Id, "Answered.")) { }
        using var again = await kept.AskAsync(Server, "erasure");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task What_is_too_long_or_no_request_is_refused_and_stays_in_the_form()
    {
        using var kept = await KeptAsync();
        using (var longest = await kept.AskAsync(Server, "copy", string.Join("\r\n", Enumerable.Repeat(new string('x', 9), 100)), new string('y', 200))) { Assert.Equal(HttpStatusCode.Redirect, longest.StatusCode); } // 999 characters
        foreach (var (kind, text, contact, said) in ((string, string, string, string)[])
        [
            ("copy", new string('x', 1001), "", "1001 characters"),
            ("copy", "what I wrote", new string('y', 201), "201 characters"),
            ("everything", "", "", "one of the three"),
            ("", "", "", "one of the three"),
        ])
        {
            using var refused = await kept.AskAsync(Server, kind, text, contact);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
            Assert.Contains(said, page, StringComparison.Ordinal);
            if (kind == "copy") { Assert.Contains(text, page, StringComparison.Ordinal); }
        }

        Assert.Single(await CasesAsync(kept.Session));
    }

    [Fact]
    public async Task Html_and_control_characters_are_text()
    {
        using var kept = await KeptAsync();
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
        using (await kept.AskAsync(Server, "copy", Hostile + "\u0001\u001b[2J", Hostile)) { }
        var request = Assert.Single(await CasesAsync(kept.Session));
        Assert.Equal((Hostile + "[2J", Hostile), (request.Text, request.Contact));
        using (await AnswerAsync(request.Id, Hostile)) { }

        using var nobody = new Browser(Server);
        foreach (var (browser, path) in ((Browser, string)[])[(nobody, kept.Page), (shared.Technician.Browser, $"/requests/{request.Id}"), (shared.Technician.Browser, "/requests")])
        {
            using var answer = await browser.GetAsync(path);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
            if (path != "/requests") { Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal); }
        }
    }

    [Fact]
    public async Task Forms_without_their_token_are_refused()
    {
        using var kept = await KeptAsync();
        using var nobody = new Browser(Server);
        using var asked = await nobody.SendAsync(new(HttpMethod.Post, kept.Page + "/requests") { Content = new FormUrlEncodedContent([new("kind", "copy")]) }, "text/html");
        Assert.Equal(HttpStatusCode.BadRequest, asked.StatusCode);
        Assert.Empty(await CasesAsync(kept.Session));

        using (await kept.AskAsync(Server, "copy")) { }
        var request = Assert.Single(await CasesAsync(kept.Session));
        using var answered = await shared.Technician.Browser.SendAsync(new(HttpMethod.Post, $"/requests/{request.Id}/answer") { Content = new FormUrlEncodedContent([new("answer", "x")]) }, "text/html");
        Assert.Equal(HttpStatusCode.BadRequest, answered.StatusCode);
        Assert.Equal(RequestState.Open, Assert.Single(await CasesAsync(kept.Session)).State);
    }

    [Fact]
    public async Task Only_accounts_see_and_answer_them()
    {
        using var kept = await KeptAsync();
        using (await kept.AskAsync(Server, "copy")) { }
        var request = Assert.Single(await CasesAsync(kept.Session));
        foreach (var browser in (Browser[])[new(Server), kept.Person.Browser])
        {
            foreach (var path in (string[])["/requests", $"/requests/{request.Id}"])
            {
                using var answer = await browser.GetAsync(path);
                Assert.StartsWith("/sign-in", answer.Headers.Location?.PathAndQuery ?? answer.Headers.Location?.ToString(), StringComparison.Ordinal);
            }

            using var answered = await browser.SubmitAsync(kept.Page, $"/requests/{request.Id}/answer", ("answer", "x"));
            Assert.Equal(HttpStatusCode.Unauthorized, answered.StatusCode);
        }
    }

    [Fact]
    public async Task A_request_is_answered_once()
    {
        using var kept = await KeptAsync();
        using (await kept.AskAsync(Server, "copy")) { }
        var id = Assert.Single(await CasesAsync(kept.Session)).Id;
        foreach (var nothing in (string[])["", " \r\n ", new string('x', 1001)])
        {
            using var refused = await AnswerAsync(id, nothing);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        var answers = await Task.WhenAll(AnswerAsync(id, "One."), AnswerAsync(id, "Two."), AnswerAsync(id, "Three."));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect));
        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        foreach (var answer in answers) { answer.Dispose(); }

        Assert.Single(await AuditAsync(kept.Session), row => row.StartsWith("tina request.answered", StringComparison.Ordinal));
        using var unknown = await AnswerAsync(Guid.CreateVersion7(Server.Clock.GetUtcNow()), "x");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Another_sessions_page_shows_nothing_of_it()
    {
        using var kept = await KeptAsync();
        using var other = await KeptAsync();
        using (await kept.AskAsync(Server, "erasure", "only for my own session", "secret@example.org")) { }
        using var nobody = new Browser(Server);
        var page = await nobody.ReadAsync(other.Page);
        Assert.DoesNotContain("only for my own session", page, StringComparison.Ordinal);
        Assert.DoesNotContain("What you asked for", page, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@example.org", await nobody.ReadAsync(kept.Page), StringComparison.Ordinal); // the contact is for the organization
    }

    private Task<Kept> KeptAsync() => Kept.ReceiptAsync(Server, shared.Technician);

    private Task<HttpResponseMessage> AnswerAsync(Guid id, string answer) =>
        shared.Technician.Browser.SubmitAsync("/", $"/requests/{id}/answer", ("answer", answer));

    private Task<List<RequestCase>> CasesAsync(Guid session) =>
        Server.InCatalogueAsync(catalogue => catalogue.RequestCases.AsNoTracking().Where(r => r.Session == session).ToListAsync());

    private Task<List<string>> AuditAsync(Guid session) => Server.InCatalogueAsync(catalogue =>
        catalogue.Audit.Where(row => row.Session == session && row.Action.StartsWith("request.")).OrderBy(row => row.Id).Select(row => $"{row.Actor} {row.Action} {row.Outcome} {row.Detail}").ToListAsync());
}
