using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Holds;

/// <summary>T3: who places a hold, what it needs, and that nobody lifts one alone.</summary>
[Trait("Catalogue", "both")]
public sealed class HoldTests(HoldTests.Organization organization) : IClassFixture<HoldTests.Organization>
{
    private const string Reason = "Suit of Norbert Namensträger";
    private readonly RightsScene scene = organization.Scene;

    [Fact]
    public async Task An_admin_holds_one_session_and_its_pages_say_so()
    {
        var session = await scene.RecordAsync();
        await PlaceAsync(scene.Ada.Browser, ("SessionAddress", $"{scene.Server.Url}sessions/{session}"));
        var page = WebUtility.HtmlDecode(await scene.Ada.Browser.ReadAsync("/holds"));
        foreach (var said in (string[])[Reason, $"Session {session}", "1 session", "by ada"]) { Assert.Contains(said, page, StringComparison.Ordinal); }
        Assert.Contains("A legal hold keeps this session", await scene.Tina.Browser.ReadAsync($"/sessions/{session}"), StringComparison.Ordinal);
        Assert.Contains((await scene.AuditOfAsync(session)), row => row.StartsWith("ada hold.placed allowed", StringComparison.Ordinal));
        Assert.DoesNotContain((await scene.AuditOfAsync(session)), row => row.Contains("Norbert", StringComparison.Ordinal));
        Assert.Empty(scene.Server.FilesThatHold("Norbert")); // what may name people lies sealed
    }

    [Fact]
    public async Task A_hold_by_team_label_or_days_holds_just_those_to_which_all_of_it_applies()
    {
        var (ofTeam, labelled) = (await scene.RecordAsync(scene.Team), await scene.RecordAsync(null, "Payroll"));
        var now = scene.Server.Clock.GetUtcNow();
        await KeepsAsync([ofTeam], ("Team", $"{scene.Team}"));
        await KeepsAsync([labelled], ("Label", "Payroll"));
        await KeepsAsync([ofTeam, labelled], ("From", Day(now)), ("To", Day(now)));
        await KeepsAsync([], ("From", Day(now.AddDays(-9))), ("To", Day(now.AddDays(-1))));
        await KeepsAsync([], ("Team", $"{scene.Team}"), ("Label", "Payroll"));

        async Task KeepsAsync(Guid[] expected, params (string, string)[] by)
        {
            Guid[] both = [ofTeam, labelled];
            var hold = await PlaceAsync(scene.Ada.Browser, by);
            Assert.Equal(expected, await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Held(catalogue).Where(s => both.Contains(s.Id)).OrderBy(s => s.CreatedAt).Select(s => s.Id).ToListAsync()));
            Assert.Equal(both.Except(expected), await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.NotHeld(catalogue).Where(s => both.Contains(s.Id)).OrderBy(s => s.CreatedAt).Select(s => s.Id).ToListAsync()));
            Assert.Equal(expected, await scene.Server.InCatalogueAsync(async catalogue => await catalogue.Sessions.CoveredBy(await catalogue.Holds.SingleAsync(h => h.Id == hold)).Where(s => both.Contains(s.Id)).OrderBy(s => s.CreatedAt).Select(s => s.Id).ToListAsync()));
            await LiftedAsync();
        }
    }

    [Theory]
    [InlineData("nothing named", "Name what is held")]
    [InlineData("a session and a team", "not both")]
    [InlineData("a session that is not there", "There is no session of that address")]
    [InlineData("a team that is not there", "There is no such team")]
    [InlineData("a label that is not there", "There is no such label")]
    [InlineData("days the wrong way round", "The last day is before the first one")]
    [InlineData("no date", "is no date like")]
    [InlineData("no reason", "Say why")]
    [InlineData("a reason too long", "at most 500 characters")]
    [InlineData("no owner", "Choose who answers for it")]
    [InlineData("a review in the past", "Choose the day of the review")]
    [InlineData("a review never", "366 days from now")]
    public async Task What_is_missing_or_wrong_is_named_and_nothing_is_held(string what, string said)
    {
        var before = await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.CountAsync());
        var now = scene.Server.Clock.GetUtcNow();
        using var answer = await SendAsync(scene.Ada.Browser, what switch
        {
            "nothing named" => [],
            "a session and a team" => [("SessionAddress", $"{Guid.NewGuid()}"), ("Team", $"{scene.Team}")],
            "a session that is not there" => [("SessionAddress", $"{Guid.NewGuid()}")],
            "a team that is not there" => [("Team", "999")],
            "a label that is not there" => [("Label", "Sales")],
            "days the wrong way round" => [("From", Day(now)), ("To", Day(now.AddDays(-2)))],
            "no date" => [("From", "yesterday")],
            "no reason" => [("Team", $"{scene.Team}"), ("Reason", " ")],
            "a reason too long" => [("Team", $"{scene.Team}"), ("Reason", new string('x', 501))],
            "no owner" => [("Team", $"{scene.Team}"), ("Owner", "nobody")],
            "a review in the past" => [("Team", $"{scene.Team}"), ("Review", Day(now))],
            _ => [("Team", $"{scene.Team}"), ("Review", Day(now.AddDays(400)))],
        });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(said, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(before, await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.CountAsync()));
    }

    [Fact]
    public async Task Two_persons_lift_it_and_nobody_both_times()
    {
        var session = await scene.RecordAsync();
        var hold = await PlaceAsync(scene.Ada.Browser, ("SessionAddress", $"{session}"));
        Assert.Contains("Nobody asks to lift it", await RefusedAsync(scene.Tina.Browser, hold, "confirm"), StringComparison.Ordinal);
        Assert.Contains("Say why", await RefusedAsync(scene.Ada.Browser, hold, "lift"), StringComparison.Ordinal);
        await DoneAsync(scene.Ada.Browser, hold, "lift", ("reason", "Settled"));
        Assert.Contains("ada has asked already", await RefusedAsync(scene.Tina.Browser, hold, "lift", ("reason", "Settled")), StringComparison.Ordinal);
        Assert.Contains("another org admin does", await RefusedAsync(scene.Ada.Browser, hold, "confirm"), StringComparison.Ordinal);
        Assert.True(await HeldAsync(session));

        await DoneAsync(scene.Tina.Browser, hold, "confirm");
        Assert.False(await HeldAsync(session));
        Assert.Contains("tina has lifted it already", await RefusedAsync(scene.Ada.Browser, hold, "lift", ("reason", "again")), StringComparison.Ordinal);
        var audit = await scene.AuditOfAsync(session);
        Assert.Contains($"ada hold.lifted refused {hold}: Nobody confirms what they asked for themselves: another org admin does.", audit);
        Assert.Contains($"tina hold.lifted allowed {hold}: asked by ada", audit);
        Assert.Contains("asked, tina confirmed", WebUtility.HtmlDecode(await scene.Ada.Browser.ReadAsync("/holds")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_to_lift_can_be_taken_back_and_gets_too_old()
    {
        var session = await scene.RecordAsync();
        var hold = await PlaceAsync(scene.Ada.Browser, ("SessionAddress", $"{session}"));
        await DoneAsync(scene.Ada.Browser, hold, "lift", ("reason", "Settled"));
        await DoneAsync(scene.Tina.Browser, hold, "keep");
        Assert.Contains("Nobody asks to lift it", await RefusedAsync(scene.Tina.Browser, hold, "confirm"), StringComparison.Ordinal);

        await DoneAsync(scene.Ada.Browser, hold, "lift", ("reason", "Settled"));
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            var early = scene.Server.Clock.GetUtcNow().AddHours(-3);
            return catalogue.Holds.Where(h => h.Id == hold).ExecuteUpdateAsync(row => row.SetProperty(h => h.LiftAskedAt, early));
        });
        Assert.Contains("too old", await RefusedAsync(scene.Tina.Browser, hold, "confirm"), StringComparison.Ordinal);
        Assert.True(await HeldAsync(session));
    }

    [Fact]
    public async Task Of_two_who_confirm_at_once_one_counts()
    {
        var session = await scene.RecordAsync();
        var hold = await PlaceAsync(scene.Ada.Browser, ("SessionAddress", $"{session}"));
        await DoneAsync(scene.Ada.Browser, hold, "lift", ("reason", "Settled"));
        var token = await scene.Tina.Browser.TokenAsync("/holds");
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => scene.Tina.Browser.PostAsync($"/holds/{hold}/confirm", token)));
        foreach (var answer in answers) { answer.Dispose(); }
        Assert.Equal(1, (await scene.AuditOfAsync(session)).Count(row => row.StartsWith("tina hold.lifted allowed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_review_that_is_overdue_is_marked_until_it_is_done()
    {
        var hold = await PlaceAsync(scene.Ada.Browser, ("Team", $"{scene.Team}"));
        Assert.DoesNotContain("overdue", await scene.Ada.Browser.ReadAsync("/holds"), StringComparison.Ordinal);
        await scene.Server.InCatalogueAsync(catalogue =>
        {
            var yesterday = scene.Server.Clock.GetUtcNow().AddDays(-1);
            return catalogue.Holds.Where(h => h.Id == hold).ExecuteUpdateAsync(row => row.SetProperty(h => h.ReviewAt, yesterday));
        });
        Assert.Contains("overdue", await scene.Ada.Browser.ReadAsync("/holds"), StringComparison.Ordinal);
        await DoneAsync(scene.Ada.Browser, hold, "review", ("day", Day(scene.Server.Clock.GetUtcNow().AddDays(60))));
        Assert.DoesNotContain("overdue", await scene.Ada.Browser.ReadAsync("/holds"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_auditor_reads_holds_and_places_none()
    {
        using var auditor = await Member.JoinAsync(scene.Server, scene.Tina.Browser, "aude", Roles.Auditor);
        await PlaceAsync(scene.Ada.Browser, ("Team", $"{scene.Team}"));
        var page = WebUtility.HtmlDecode(await auditor.Browser.ReadAsync("/holds"));
        Assert.Contains(Reason, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Place the hold", page, StringComparison.Ordinal);
        using var placed = await auditor.Browser.SubmitAsync("/account", "/holds", ("Team", $"{scene.Team}"));
        Assert.Equal(HttpStatusCode.Forbidden, placed.StatusCode);
    }

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private Task<bool> HeldAsync(Guid session) => scene.Server.InCatalogueAsync(catalogue => catalogue.IsHeldAsync(session, default));

    private Task<HttpResponseMessage> SendAsync(Browser by, params (string Name, string Value)[] fields)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["Reason"] = Reason, ["Owner"] = "ada", ["Review"] = Day(scene.Server.Clock.GetUtcNow().AddDays(30)) };
        foreach (var (name, value) in fields) { all[name] = value; }
        return by.SubmitAsync("/account", "/holds", [.. all.Select(field => (field.Key, field.Value))]);
    }

    private async Task<Guid> PlaceAsync(Browser by, params (string Name, string Value)[] fields)
    {
        using var answer = await SendAsync(by, fields);
        Assert.Equal((HttpStatusCode.Redirect, ""), (answer.StatusCode, answer.StatusCode is HttpStatusCode.Redirect ? "" : WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync())));
        return await scene.Server.InCatalogueAsync(catalogue => catalogue.Holds.OrderByDescending(h => h.Id).Select(h => h.Id).FirstAsync());
    }

    private static async Task DoneAsync(Browser by, Guid hold, string what, params (string Name, string Value)[] fields)
    {
        using var answer = await by.SubmitAsync("/holds", $"/holds/{hold}/{what}", fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private static async Task<string> RefusedAsync(Browser by, Guid hold, string what, params (string Name, string Value)[] fields)
    {
        using var answer = await by.SubmitAsync("/holds", $"/holds/{hold}/{what}", fields);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Nothing is held any more.</summary>
    private Task LiftedAsync() => scene.Server.InCatalogueAsync(catalogue =>
    {
        DateTimeOffset? now = scene.Server.Clock.GetUtcNow();
        return catalogue.Holds.Where(h => h.LiftedAt == null).ExecuteUpdateAsync(row => row.SetProperty(h => h.LiftedAt, now).SetProperty(h => h.LiftedBy, "tina"));
    });

    /// <summary>With a label.</summary>
    public sealed class Organization : IAsyncLifetime
    {
        public RightsScene Scene { get; } = new(("Approvals:RequestHours", "2"));

        public async ValueTask InitializeAsync()
        {
            await Scene.InitializeAsync();
            await Scene.LabelAsync("Payroll");
        }

        public ValueTask DisposeAsync() => Scene.DisposeAsync();
    }
}
