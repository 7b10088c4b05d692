using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Access.Entitlements;

/// <summary>P1, P4: who may watch what, from the side of somebody who tries to watch more.</summary>
[Trait("Catalogue", "both")]
public sealed class EntitledReplayTests(RightsScene scene) : IClassFixture<RightsScene>
{
    private static readonly string[] VideoRoutes = ["", "/video.m3u8", "/video/init.mp4", "/video/1.m4s", "/thumbnails/0.webp"];

    [Fact]
    public async Task Without_a_right_nobody_learns_that_a_session_exists()
    {
        var session = await scene.RecordAsync(scene.Team);
        foreach (var browser in new[] { scene.Ada.Browser, scene.Lara.Browser, scene.Cora.Browser })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/sessions/{session}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/sessions/{session}/replay")).StatusCode);
            Assert.Null(await RightsScene.OpenAsync(browser, session));
        }

        Assert.DoesNotContain($"{session}", await scene.Cora.Browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("cora replay.open refused no right to it", await scene.AuditOfAsync(session));
    }

    [Theory]
    [InlineData("session")]
    [InlineData("team")]
    [InlineData("label")]
    public async Task A_right_opens_page_list_video_and_chat_and_none_of_the_technicians_controls(string scope)
    {
        var label = $"Printers {scope}";
        await scene.LabelAsync(label);
        using var max = await Member.JoinAsync(scene.Server, scene.Tina.Browser, $"max-{scope}", Roles.Technician);
        var session = await scene.RecordAsync(scene.Team, label);
        var other = await scene.RecordAsync();
        await scene.GrantedAsync($"account:{max.UserName}", scope switch { "team" => $"team:{scene.Team}", "label" => $"label:{label}", _ => $"{session}" });

        Assert.Contains($"/sessions/{session}\"", await max.Browser.ReadAsync("/"), StringComparison.Ordinal);
        var page = await max.Browser.ReadAsync($"/sessions/{session}");
        Assert.Contains("Tina Technician", page, StringComparison.Ordinal);
        foreach (var control in (string[])["/pause", "/end", "/invite", "/code", "id=\"code\"", "chat.js"]) { Assert.DoesNotContain(control, page, StringComparison.Ordinal); }
        foreach (var act in (string[])["pause", "resume", "end", "invite", "code"])
        {
            using var answer = await max.Browser.SubmitAsync($"/sessions/{session}/replay", $"/sessions/{session}/{act}");
            Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.Conflict]);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await max.Browser.GetAsync($"/api/sessions/{session}")).StatusCode);
        var replay = (await RightsScene.OpenAsync(max.Browser, session))!;
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(max.Browser, replay, "/video/1.m4s"));
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(max.Browser, replay, "/chat"));
        Assert.Equal(HttpStatusCode.NotFound, (await max.Browser.GetAsync($"/sessions/{other}")).StatusCode); // without team and label it is in no such scope
        Assert.Null(await RightsScene.OpenAsync(max.Browser, other));
    }

    [Fact]
    public async Task A_right_to_the_chat_alone_shows_the_chat_and_no_byte_of_the_video()
    {
        var session = await scene.RecordAsync();
        await scene.GrantedAsync("account:cora", $"{session}", ("Video", "false"));
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        var page = await scene.Cora.Browser.ReadAsync(replay);
        Assert.DoesNotContain("<video", page, StringComparison.Ordinal);
        Assert.Contains("not to its video", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/chat"));
        foreach (var route in VideoRoutes) { Assert.Equal((route, HttpStatusCode.Forbidden), (route, await RightsScene.AskAsync(scene.Cora.Browser, replay, route))); }

        var audit = await scene.AuditOfAsync(session);
        Assert.Equal(4, audit.Count(row => row == "cora replay.read refused the right is not to video"));
        Assert.Contains("cora replay.read refused the right is not to thumbnails", audit);
    }

    [Fact]
    public async Task A_right_to_the_video_alone_shows_no_chat()
    {
        var session = await scene.RecordAsync();
        await scene.GrantedAsync("account:cora", $"{session}", ("Chat", "false"));
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        Assert.Contains("data-chat=\"false\"", await scene.Cora.Browser.ReadAsync(replay), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/video/init.mp4"));
        Assert.Equal(HttpStatusCode.Forbidden, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/chat"));
    }

    [Fact]
    public async Task Revoked_in_mid_play_the_next_request_is_refused()
    {
        var session = await scene.RecordAsync();
        var right = await scene.GrantedAsync("account:cora", $"{session}");
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/video/1.m4s"));
        using (var revoked = await scene.RevokeAsync(scene.Ada.Browser, right)) { Assert.Equal(HttpStatusCode.Redirect, revoked.StatusCode); }
        foreach (var route in (string[])[.. VideoRoutes, "/chat"]) { Assert.Equal((route, HttpStatusCode.NotFound), (route, await RightsScene.AskAsync(scene.Cora.Browser, replay, route))); }

        Assert.Equal(HttpStatusCode.NotFound, (await scene.Cora.Browser.GetAsync(replay)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Cora.Browser.GetAsync($"/sessions/{session}")).StatusCode);
        Assert.Contains("cora replay.read refused the right to it is gone", await scene.AuditOfAsync(session));
        Assert.Contains("ada entitlement.revoked allowed cora: video and chat of one session", await scene.AuditOfAsync(session));
    }

    [Fact]
    public async Task Who_leaves_the_team_cannot_go_on_watching_and_who_comes_can()
    {
        var team = await scene.TeamAsync("Second line", ("cora", false));
        var session = await scene.RecordAsync(scene.Team);
        await scene.GrantedAsync($"team:{team}", $"{session}");
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/video/1.m4s"));
        using (await scene.Tina.Browser.SubmitAsync("/teams", $"/teams/{team}/members/remove", ("userName", "cora"))) { }
        Assert.Equal(HttpStatusCode.NotFound, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/video/1.m4s"));

        await scene.JoinAsync(team, "fritz");
        Assert.NotNull(await RightsScene.OpenAsync(scene.Fritz.Browser, session));
    }

    [Fact]
    public async Task The_address_of_a_replay_opens_nothing_for_somebody_else_with_a_right_of_their_own()
    {
        var session = await scene.RecordAsync();
        await scene.GrantedAsync("account:cora", $"{session}");
        await scene.GrantedAsync("account:lara", $"{session}");
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Lara.Browser.GetAsync(replay)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await RightsScene.AskAsync(scene.Lara.Browser, replay, "/video/1.m4s"));
        Assert.Contains("lara replay.read refused the replay is somebody else's", await scene.AuditOfAsync(session));
    }

    [Fact]
    public async Task An_auditor_who_was_given_a_right_watches_and_starts_nothing()
    {
        using var nina = await Member.JoinAsync(scene.Server, scene.Tina.Browser, "nina", Roles.Auditor);
        var session = await scene.RecordAsync();
        await scene.GrantedAsync("account:nina", $"{session}");
        var list = await nina.Browser.ReadAsync("/");
        Assert.Contains($"/sessions/{session}\"", list, StringComparison.Ordinal);
        Assert.DoesNotContain("Start a session", list, StringComparison.Ordinal);
        var replay = (await RightsScene.OpenAsync(nina.Browser, session))!;
        Assert.Equal(HttpStatusCode.OK, await RightsScene.AskAsync(nina.Browser, replay, "/video/1.m4s"));
    }

    [Fact]
    public async Task A_deleted_session_is_replayed_by_nobody()
    {
        var session = await scene.RecordAsync();
        await scene.GrantedAsync("account:cora", $"{session}");
        var replay = (await RightsScene.OpenAsync(scene.Cora.Browser, session))!;
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Sessions.Single(s => s.Id == session).State = SessionState.Purging;
            return await catalogue.SaveChangesAsync();
        });
        Assert.Equal(HttpStatusCode.NotFound, await RightsScene.AskAsync(scene.Cora.Browser, replay, "/video/1.m4s"));
        Assert.Null(await RightsScene.OpenAsync(scene.Tina.Browser, session));
    }
}

/// <summary>Rights that run out: the clock of this server is set ahead.</summary>
public sealed class ExpiredEntitlementTests : IAsyncLifetime
{
    private readonly RightsScene scene = new();

    public ValueTask InitializeAsync() => scene.InitializeAsync();
    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_right_ends_with_its_last_day_also_in_mid_play()
    {
        var (session, _) = await scene.Tina.StartSessionAsync();
        var right = await scene.GrantedAsync("account:cora", $"{session}");
        Assert.Equal(TimeSpan.Zero, (await scene.Server.InCatalogueAsync(catalogue => catalogue.Entitlements.SingleAsync())).ExpiresAt.TimeOfDay);
        var end = scene.Server.Clock.GetUtcNow().AddHours(1);
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Entitlements.Where(e => e.Id == right).ExecuteUpdateAsync(row => row.SetProperty(e => e.ExpiresAt, end)));
        var cora = scene.Cora.Browser;
        var replay = (await RightsScene.OpenAsync(cora, session))!;
        Assert.Equal(HttpStatusCode.OK, (await cora.GetAsync(replay)).StatusCode);
        scene.Server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.NotFound, (await cora.GetAsync(replay)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await cora.GetAsync($"/sessions/{session}")).StatusCode);
        Assert.Contains("cora replay.read refused the right to it is gone", await scene.AuditOfAsync(session));
    }
}
