using System.Net;
using System.Text.RegularExpressions;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Sessions;

/// <summary>The list of sessions as the technician reads it: filters, pages, and what is said where nothing can be found.</summary>
[Trait("Catalogue", "both")]
public sealed class SessionListTests(SharedServer shared) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Regex Listed = new("href=\"/sessions/(?<id>[0-9a-f-]{36})\">(?<ticket>[^<]*)<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

    private Browser Browser => shared.Technician.Browser;

    /// <summary>120 of the technician's, one of somebody else's with the same ticket.</summary>
    public async ValueTask InitializeAsync() => await shared.Server.InCatalogueAsync(async catalogue =>
    {
        catalogue.Sessions.RemoveRange(catalogue.Sessions);
        catalogue.Sessions.AddRange(Enumerable.Range(0, 120).Select(i => Session(i, Technician.UserName)).Append(Session(121, "stranger")));
        return await catalogue.SaveChangesAsync();
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_pages_lead_to_the_oldest_and_back()
    {
        var pages = new List<IReadOnlyList<string>>();
        var page = await Browser.ReadAsync("/");
        Assert.Null(LinkOf(page, "Newer"));
        pages.Add(TicketsOf(page));
        while (LinkOf(page, "Older") is { } older) { pages.Add(TicketsOf(page = await Browser.ReadAsync(older))); }
        Assert.Equal([50, 50, 20], pages.Select(tickets => tickets.Count));
        Assert.Equal(Enumerable.Range(0, 120).Reverse().Select(i => $"INC{i:000}"), pages.SelectMany(tickets => tickets));

        page = await Browser.ReadAsync(LinkOf(page, "Newer")!);
        Assert.Equal(pages[1], TicketsOf(page));
        page = await Browser.ReadAsync(LinkOf(page, "Newer")!);
        Assert.Equal(pages[0], TicketsOf(page));
        Assert.Null(LinkOf(page, "Newer"));
    }

    [Fact]
    public async Task A_page_near_the_newest_one_is_filled_from_the_newest_one_on()
    {
        var page = await Browser.ReadAsync((LinkOf(await Browser.ReadAsync("/"), "Older"))!);
        var newer = LinkOf(page, "Newer")!;
        await shared.Server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Sessions.Add(Session(130, Technician.UserName));
            return await catalogue.SaveChangesAsync();
        });
        page = await Browser.ReadAsync(newer);
        Assert.Equal(50, TicketsOf(page).Count);
        Assert.Equal("INC119", TicketsOf(page)[0]);
        Assert.Equal("INC130", Assert.Single(TicketsOf(await Browser.ReadAsync(LinkOf(page, "Newer")!)), ticket => ticket == "INC130"));
    }

    [Theory]
    [InlineData("ticket=inc01", "INC019", "INC010", 10)]
    [InlineData("ticket=%20INC007%20", "INC007", "INC007", 1)]
    [InlineData("state=recorded", "INC118", "INC000", 50)]
    [InlineData("state=partial&ticket=inc1", "INC119", "INC101", 10)]
    [InlineData("from=2026-03-03&to=2026-03-03", "INC071", "INC048", 24)]
    [InlineData("to=2026-03-01", "INC023", "INC000", 24)]
    [InlineData("from=2026-03-05&ticket=INC0", "INC099", "INC096", 4)]
    [InlineData("technician=tina&ticket=inc11", "INC119", "INC110", 10)]
    public async Task What_is_asked_for_is_found(string query, string first, string last, int count)
    {
        var tickets = TicketsOf(await Browser.ReadAsync($"/?{query}"));
        Assert.Equal((first, count), (tickets[0], tickets.Count));
        if (count < 50) { Assert.Equal(last, tickets[^1]); }
    }

    [Fact]
    public async Task Every_page_of_a_search_keeps_what_was_asked_for()
    {
        var page = await Browser.ReadAsync("/?state=recorded&ticket=inc&from=2026-03-01");
        page = await Browser.ReadAsync(LinkOf(page, "Older")!);
        Assert.Equal(10, TicketsOf(page).Count);
        Assert.Contains("value=\"inc\"", page, StringComparison.Ordinal);
        Assert.Contains("value=\"2026-03-01\"", page, StringComparison.Ordinal);
        Assert.Matches("<option value=\"recorded\" selected", page);
    }

    [Theory]
    [InlineData("technician=stranger")]
    [InlineData("ticket=INC121")]
    [InlineData("ticket=%25")]
    [InlineData("ticket='%20OR%201=1")]
    [InlineData("team=4711")]
    [InlineData("label=nothing")]
    [InlineData("from=2030-01-01")]
    public async Task Where_nothing_is_as_asked_for_the_page_says_so_and_nobody_elses_session_is_on_it(string query)
    {
        var page = await Browser.ReadAsync($"/?{query}");
        Assert.Empty(TicketsOf(page));
        Assert.Contains("No session is as you asked for", page, StringComparison.Ordinal);
        Assert.DoesNotContain("stranger</td>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from=31.01.2026", "'31.01.2026' is not a day such as 2026-01-31")]
    [InlineData("to=2026-02-30", "'2026-02-30' is not a day")]
    [InlineData("to=9999-12-31", "between 2000-01-01 and 2999-12-31")]
    [InlineData("from=2026-03-02&to=2026-03-01", "The first day, 2 March 2026, is after the last day, 1 March 2026")]
    [InlineData("team=zero", "'zero' is not a team")]
    [InlineData("team=99999999999999", "is not a team")]
    [InlineData("state=Recorded", "'Recorded' is not a state")]
    [InlineData("ticket=a%00b", "The ticket has a character in it that is no text")]
    [InlineData("before=x", "'x' is not a place in the list")]
    [InlineData("before=99999999999999999-00000000000000000000000000000000", "is not a place in the list")]
    [InlineData("after=-5-00000000000000000000000000000000", "is not a place in the list")]
    [InlineData("before=1-00000000000000000000000000000000&after=1-00000000000000000000000000000000", "two places")]
    [InlineData("before=<script>alert(1)</script>", "is not a place in the list")]
    public async Task What_cannot_be_asked_for_is_refused_in_words(string query, string words)
    {
        using var answer = await Browser.GetAsync($"/?{query}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(words, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Empty(TicketsOf(page));
    }

    [Theory]
    [InlineData("ticket", "The ticket has 10000 characters; it may have 120.")]
    [InlineData("technician", "The technician has 10000 characters; it may have 64.")]
    [InlineData("label", "The label has 10000 characters; it may have 60.")]
    [InlineData("from", "is not a day")]
    [InlineData("after", "is not a place")]
    public async Task Ten_thousand_characters_are_refused_in_words(string field, string words)
    {
        using var answer = await Browser.GetAsync($"/?{field}={new string('x', 10_000)}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_of_nobodys_session_is_a_place_all_the_same_and_shows_nothing_of_others()
    {
        var page = await Browser.ReadAsync($"/?before={Start.AddHours(60).ToUnixTimeMilliseconds()}-ffffffffffffffffffffffffffffffff");
        Assert.Equal("INC060", TicketsOf(page)[0]);
        Assert.Contains("No more sessions", await Browser.ReadAsync("/?before=0-00000000000000000000000000000000"), StringComparison.Ordinal);
    }

    private static RecordedSession Session(int number, string technician) => new()
    {
        Id = Guid.CreateVersion7(Start.AddHours(number)), Technician = technician, CreatedAt = Start.AddHours(number),
        Ticket = $"INC{number:000}", State = number % 2 == 0 ? SessionState.Recorded : SessionState.Partial, CodeExpiresAt = Start, Region = "eu-1",
    };

    private static List<string> TicketsOf(string page) => [.. Listed.Matches(page).Select(match => match.Groups["ticket"].Value)];

    private static string? LinkOf(string page, string words) =>
        Regex.Match(page, $"href=\"(?<path>/[^\"]*)\"[^>]*>{words}<", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["path"].Value) : null;
}
