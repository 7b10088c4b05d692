using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Audit;

/// <summary>The auditor sees what they ask for, page by page, and is seen.</summary>
[Trait("Catalogue", "both")]
public sealed partial class AuditPageTests(AuditPageTests.Office office) : IClassFixture<AuditPageTests.Office>
{
    [Fact]
    public async Task Filters_narrow_it_down()
    {
        Assert.All(await RowsAsync("?actor=tina"), row => Assert.Equal("tina", row.Actor));
        Assert.All(await RowsAsync("?action=account."), row => Assert.StartsWith("account.", row.Action, StringComparison.Ordinal));
        Assert.NotEmpty(await RowsAsync("?action=account.&outcome=allowed"));
        Assert.All(await RowsAsync($"?session={office.Session}"), row => Assert.Equal(office.Session, row.Session));
        Assert.NotEmpty(await RowsAsync($"?session={office.Session}"));
        Assert.Empty(await RowsAsync("?actor=%25"));
        Assert.Empty(await RowsAsync("?actor=nobody"));
        Assert.Empty(await RowsAsync("?to=2020-01-01T00%3A00"));
        Assert.NotEmpty(await RowsAsync("?from=2020-01-01T00%3A00"));
        var page = await office.Auditor.Browser.ReadAsync("/audit?actor=nobody");
        Assert.Contains("No row is as you asked for", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_pages_follow_by_number_without_a_row_twice_or_none()
    {
        await office.Server.InCatalogueAsync(async catalogue =>
        {
            for (var i = 0; i < 120; i++) { catalogue.Record(TimeProvider.System, "many", "thing.done", null, AuditOutcome.Allowed, $"<b>{i}</b>"); }
            return await catalogue.SaveChangesAsync();
        });
        var (seen, path) = (new List<long>(), "/audit?actor=many");
        for (var pages = 0; path != ""; pages++)
        {
            Assert.InRange(pages, 0, 3);
            var page = await office.Auditor.Browser.ReadAsync(path);
            using var answer = await office.Auditor.Browser.GetAsync(path);
            Assert.DoesNotContain("<b>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            seen.AddRange(NumberPattern().Matches(page).Select(match => long.Parse(match.Groups["found"].Value)));
            path = WebUtility.HtmlDecode(OlderPattern().Match(page).Groups["found"].Value);
        }

        Assert.Equal(120, seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
    }

    [Fact]
    public async Task Reading_and_downloading_are_in_the_trail()
    {
        await office.Auditor.Browser.ReadAsync("/audit?actor=someone&outcome=refused");
        await RowsAsync("?actor=someone");
        var rows = await RowsAsync($"?actor={office.Auditor.UserName}");
        Assert.Contains(rows, row => row is { Action: "audit.read", Detail: "actor=someone outcome=refused" });
        Assert.Contains(rows, row => row is { Action: "audit.exported", Detail: "actor=someone" });
        Assert.Equal(("audit.exported", $"actor={office.Auditor.UserName}"), (rows[^1].Action, rows[^1].Detail)); // this very one
    }

    [Theory]
    [InlineData("session=nobody", "is not a session&#x27;s identifier")]
    [InlineData("outcome=maybe", "is not an outcome")]
    [InlineData("from=yesterday", "is not a time")]
    public async Task What_cannot_be_asked_for_is_said_and_shows_nothing(string query, string words)
    {
        foreach (var path in (string[])["/audit", "/audit/rows.jsonl"])
        {
            using var answer = await office.Auditor.Browser.GetAsync($"{path}?{query}");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.Contains(words, page, StringComparison.Ordinal);
            Assert.DoesNotContain("<tbody>", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Redirect)]
    [InlineData(Roles.Technician, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Admin, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Operator, HttpStatusCode.Forbidden)]
    public async Task Nobody_else_reads_it(string? role, HttpStatusCode expected)
    {
        using var stranger = new Browser(office.Server);
        using var member = role is null ? null : await Member.JoinAsync(office.Server, office.Tina.Browser, $"not-{role}", role);
        foreach (var path in (string[])["/audit", "/audit/rows.jsonl"])
        {
            Assert.Equal(expected, (await (member?.Browser ?? stranger).GetAsync(path)).StatusCode);
        }
    }

    private async Task<List<AuditLine>> RowsAsync(string query)
    {
        using var answer = await office.Auditor.Browser.GetAsync("/audit/rows.jsonl" + query);
        Assert.Equal((HttpStatusCode.OK, "application/jsonl", "attachment"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType));
        return [.. (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, FormatJson.Default.AuditLine)!)];
    }

    [GeneratedRegex("<td class=\"number[^>]*>(?<found>\\d+)</td>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberPattern();

    [GeneratedRegex("href=\"(?<found>[^\"]+)\">Older", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OlderPattern();

    /// <summary>An admin, an auditor, and a session.</summary>
    public sealed class Office : IAsyncLifetime
    {
        public Server Server { get; private set; } = null!;
        public Guid Session { get; private set; }
        internal Technician Tina { get; private set; } = null!;
        internal Member Auditor { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await Server.StartAsync();
            Tina = await Technician.SignInAsync(Server);
            Auditor = await Member.JoinAsync(Server, Tina.Browser, "ada", Roles.Auditor);
            (Session, _) = await Tina.StartSessionAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Auditor.Dispose();
            Tina.Dispose();
            await Server.DisposeAsync();
        }
    }
}
