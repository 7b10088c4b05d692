using System.Net;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Access.Approvals;

/// <summary>Sensitive sessions: watched with the approval of a second person, once and in time. From the side of somebody who tries without.</summary>
[Trait("Catalogue", "both")]
public sealed class SensitiveReplayTests(SensitiveReplayTests.Sensitive sensitive) : IClassFixture<SensitiveReplayTests.Sensitive>
{
    private readonly RightsScene scene = sensitive.Scene;

    [Fact]
    public async Task Not_even_who_started_it_watches_a_sensitive_session_without_approval()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        Assert.Contains("needs the approval of a second person", await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay"), StringComparison.Ordinal);
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        Assert.Contains("tina replay.open refused sensitive, and not approved", await scene.AuditOfAsync(session));
    }

    [Fact]
    public async Task An_approval_opens_one_replay_for_its_purpose_and_no_second_one()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var approval = await AskedAsync(scene.Tina.Browser, session, "Security incident");
        Assert.Contains("A second person decides", await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay"), StringComparison.Ordinal);
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session)); // asked is not approved
        await DecideAsync(scene.Lara.Browser, approval, "approve", HttpStatusCode.Redirect);
        var page = await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay");
        Assert.Contains("Approved, once", page, StringComparison.Ordinal);

        var replay = (await RightsScene.OpenAsync(scene.Tina.Browser, session, "Quality assurance"))!; // what was approved counts
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Tina.Browser, replay, "/video/1.m4s"));
        Assert.Contains("“Security incident”", await scene.Tina.Browser.ReadAsync(replay), StringComparison.Ordinal);
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        Assert.Contains("used up", await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay"), StringComparison.Ordinal);
        var audit = await scene.AuditOfAsync(session);
        foreach (var row in (string[])["tina approval.asked allowed replay: Security incident", "lara approval.approved allowed replay by tina: Security incident", "tina replay.open allowed Security incident, approved by lara"]) { Assert.Contains(row, audit); }
    }

    [Fact]
    public async Task Of_many_tries_at_once_one_approval_opens_one_replay()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        await DecideAsync(scene.Ada.Browser, await AskedAsync(scene.Tina.Browser, session), "approve", HttpStatusCode.Redirect);
        var token = await scene.Tina.Browser.TokenAsync("/account");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => scene.Tina.Browser.PostAsync($"/sessions/{session}/replay", token, ("purpose", "Quality assurance"))));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode is HttpStatusCode.Redirect));
        Assert.Equal(1, await scene.Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.ReplayGrants.Count(grant => grant.Session == session))));
    }

    [Fact]
    public async Task Nobody_decides_their_own_request_not_even_as_admin()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var approval = await AskedAsync(scene.Tina.Browser, session);
        Assert.Contains("Nobody decides what they asked for", await DecideAsync(scene.Tina.Browser, approval, "approve", HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        Assert.DoesNotContain($"/approvals/{approval}\"", await scene.Tina.Browser.ReadAsync("/approvals"), StringComparison.Ordinal);
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        Assert.Contains("tina approval.approved refused Nobody decides what they asked for themselves.", await scene.AuditOfAsync(session));
    }

    [Fact]
    public async Task A_foreign_lead_and_a_colleague_neither_see_nor_decide_a_request()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var approval = await AskedAsync(scene.Tina.Browser, session);
        foreach (var browser in new[] { scene.Fritz.Browser, scene.Cora.Browser })
        {
            Assert.DoesNotContain($"{approval}", await browser.ReadAsync("/approvals"), StringComparison.Ordinal);
            await DecideAsync(browser, approval, "approve", HttpStatusCode.NotFound);
        }

        Assert.Contains($"{approval}", await scene.Ada.Browser.ReadAsync("/approvals"), StringComparison.Ordinal);
        Assert.Contains($"{approval}", await scene.Lara.Browser.ReadAsync("/approvals"), StringComparison.Ordinal);
        Assert.Contains(await scene.AuditOfAsync(session), row => row.StartsWith("fritz approval.approved refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_who_decide_at_once_one_counts()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var approval = await AskedAsync(scene.Tina.Browser, session);
        var (lara, ada) = (await scene.Lara.Browser.TokenAsync("/approvals"), await scene.Ada.Browser.TokenAsync("/approvals"));
        var answers = await Task.WhenAll(
            scene.Lara.Browser.PostAsync($"/approvals/{approval}", lara, ("decision", "approve")), scene.Ada.Browser.PostAsync($"/approvals/{approval}", ada, ("decision", "refuse"), ("reason", "not needed")));
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.UnprocessableEntity], answers.Select(answer => answer.StatusCode).Order());
        Assert.Equal(1, (await scene.AuditOfAsync(session)).Count(row => row.Contains(" approval.", StringComparison.Ordinal) && row.Contains(" allowed replay by", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_says_why_and_opens_nothing()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var approval = await AskedAsync(scene.Tina.Browser, session);
        Assert.Contains("Say why", await DecideAsync(scene.Ada.Browser, approval, "refuse", HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        await DecideAsync(scene.Ada.Browser, approval, "refuse", HttpStatusCode.Redirect, "the case is closed");
        Assert.Contains("the case is closed", await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay"), StringComparison.Ordinal);
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        await DecideAsync(scene.Lara.Browser, approval, "approve", HttpStatusCode.UnprocessableEntity); // decided is decided
    }

    [Fact]
    public async Task Somebody_elses_approval_opens_nothing()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        await scene.GrantedAsync("account:cora", $"{session}");
        await DecideAsync(scene.Ada.Browser, await AskedAsync(scene.Tina.Browser, session), "approve", HttpStatusCode.Redirect);
        Assert.Null(await RightsScene.OpenAsync(scene.Cora.Browser, session));
        var other = await scene.RecordAsync(scene.Team, "Health");
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, other)); // nor does it open another session
    }

    [Fact]
    public async Task Without_a_right_nothing_can_be_asked_for()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        using var answer = await scene.Cora.Browser.SubmitAsync("/account", $"/sessions/{session}/replay/approval", ("purpose", "Quality assurance"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var unknown = await scene.Tina.Browser.SubmitAsync("/account", $"/sessions/{session}/replay/approval", ("purpose", "Curiosity"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
        Assert.False(await scene.Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Approvals.Any(a => a.Session == session))));
    }

    [Fact]
    public async Task A_label_that_becomes_sensitive_stops_replays_that_were_opened_without_approval()
    {
        await scene.LabelAsync("Ordinary");
        var session = await scene.RecordAsync(label: "Ordinary");
        var replay = (await RightsScene.OpenAsync(scene.Tina.Browser, session))!;
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Tina.Browser, replay, "/video/1.m4s"));
        using (await scene.Tina.Browser.SubmitAsync("/labels", "/labels/sensitive", ("name", "Ordinary"))) { }
        Assert.Equal(HttpStatusCode.NotFound, await RightsScene.AskAsync(scene.Tina.Browser, replay, "/video/1.m4s"));
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
    }

    [Fact]
    public async Task A_right_that_is_gone_takes_the_approval_with_it()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var right = await scene.GrantedAsync("account:cora", $"{session}");
        await DecideAsync(scene.Ada.Browser, await AskedAsync(scene.Cora.Browser, session), "approve", HttpStatusCode.Redirect);
        using (await scene.RevokeAsync(scene.Ada.Browser, right)) { }
        Assert.Null(await RightsScene.OpenAsync(scene.Cora.Browser, session));
    }

    internal static async Task<Guid> AskedAsync(RightsScene scene, Browser browser, Guid session, string purpose = "Quality assurance")
    {
        using var asked = await browser.SubmitAsync($"/sessions/{session}/replay", $"/sessions/{session}/replay/approval", ("purpose", purpose), ("note", ""));
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        return await scene.Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Approvals.Where(a => a.Session == session && a.State == ApprovalState.Asked).Select(a => a.Id).Single()));
    }

    internal static async Task<string> DecideAsync(Browser browser, Guid approval, string decision, HttpStatusCode expected, string reason = "")
    {
        using var answer = await browser.SubmitAsync("/approvals", $"/approvals/{approval}", ("decision", decision), ("reason", reason));
        Assert.Equal(expected, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private Task<Guid> AskedAsync(Browser browser, Guid session, string purpose = "Quality assurance") => AskedAsync(scene, browser, session, purpose);

    /// <summary>The organization with a sensitive label.</summary>
    public sealed class Sensitive : IAsyncLifetime
    {
        public RightsScene Scene { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Scene.InitializeAsync();
            await Scene.LabelAsync("Health", sensitive: true);
        }

        public ValueTask DisposeAsync() => Scene.DisposeAsync();
    }
}

/// <summary>Requests and approvals that are too old: the clock of this server is set ahead.</summary>
public sealed class OldApprovalTests : IAsyncLifetime
{
    private readonly RightsScene scene = new();

    public async ValueTask InitializeAsync()
    {
        await scene.InitializeAsync();
        await scene.LabelAsync("Health", sensitive: true);
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_request_that_is_too_old_is_not_approved_and_an_approval_that_is_too_old_opens_nothing()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        var first = await SensitiveReplayTests.AskedAsync(scene, scene.Tina.Browser, session);
        var end = scene.Server.Clock.GetUtcNow();
        await scene.Server.InCatalogueAsync(async catalogue => { catalogue.Approvals.Single(a => a.Id == first).ExpiresAt = end; return await catalogue.SaveChangesAsync(); });
        Assert.Contains("too old", await SensitiveReplayTests.DecideAsync(scene.Ada.Browser, first, "approve", HttpStatusCode.UnprocessableEntity), StringComparison.Ordinal);
        Assert.DoesNotContain($"{first}", await scene.Ada.Browser.ReadAsync("/approvals"), StringComparison.Ordinal);

        using (var again = await scene.Tina.Browser.SubmitAsync("/account", $"/sessions/{session}/replay/approval", ("purpose", "Quality assurance"))) { Assert.Equal(HttpStatusCode.Redirect, again.StatusCode); }
        var second = await scene.Server.InCatalogueAsync(catalogue => Task.FromResult(catalogue.Approvals.Select(a => a.Id).ToList().Single(id => id != first)));
        await SensitiveReplayTests.DecideAsync(scene.Ada.Browser, second, "approve", HttpStatusCode.Redirect);
        scene.Server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        Assert.Contains("not used, in time", await scene.Tina.Browser.ReadAsync($"/sessions/{session}/replay"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approved_replay_lasts_an_hour()
    {
        var session = await scene.RecordAsync(scene.Team, "Health");
        await SensitiveReplayTests.DecideAsync(scene.Ada.Browser, await SensitiveReplayTests.AskedAsync(scene, scene.Tina.Browser, session), "approve", HttpStatusCode.Redirect);
        var replay = (await RightsScene.OpenAsync(scene.Tina.Browser, session))!;
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal(HttpStatusCode.OK, (await scene.Tina.Browser.GetAsync(replay)).StatusCode);
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Tina.Browser.GetAsync(replay)).StatusCode);
    }

    [Fact]
    public async Task A_notice_that_asked_about_special_categories_makes_a_session_sensitive()
    {
        using (await scene.Tina.SaveDraftAsync("en", ("AsksSpecialCategories", "true"))) { }
        using (var published = await scene.Tina.Browser.SubmitAsync("/notices", "/notices/publish", ("version", "2"))) { Assert.Equal(HttpStatusCode.Redirect, published.StatusCode); }
        var session = await scene.RecordAsync();
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
        Assert.Contains("tina replay.open refused sensitive, and not approved", await scene.AuditOfAsync(session));
    }
}
