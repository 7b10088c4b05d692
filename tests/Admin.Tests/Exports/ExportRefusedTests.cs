using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>P3 from the attacker's side: nobody but the requester, nothing without approval, nothing twice, nothing late.</summary>
[Trait("Catalogue", "both")]
public sealed class ExportRefusedTests
{
    [Fact]
    public async Task Nothing_leaves_the_server_unless_the_policy_allows_it()
    {
        await using var scene = await ExportScene.RecordedAsync(null, null, ("Exports:Allowed", "false"));
        using var page = await scene.Technician.Browser.GetAsync($"/sessions/{scene.Session}/export");
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        using var asked = await scene.Technician.Browser.SubmitAsync("/account", $"/sessions/{scene.Session}/export", ("purpose", ExportScene.Purpose));
        Assert.Equal(HttpStatusCode.Forbidden, asked.StatusCode);
        Assert.Equal(["tina export.request refused"], await scene.AuditAsync());
        Assert.False(await scene.Server.InCatalogueAsync(catalogue => catalogue.Exports.AnyAsync()));
        Assert.DoesNotContain("/export\"", await scene.Technician.Browser.ReadAsync($"/sessions/{scene.Session}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_is_switched_off_stops_what_is_ready()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        scene.Server.Configure("Exports:Allowed", "false");
        await scene.Server.StartAgainAsync();
        using var refused = await scene.DownloadAsync(export);
        Assert.Equal(HttpStatusCode.Gone, refused.StatusCode);
    }

    [Theory]
    [InlineData("Marketing")]
    [InlineData("")]
    [InlineData("complaint or dispute")]
    public async Task A_purpose_of_another_list_is_refused(string purpose)
    {
        await using var scene = await ExportScene.RecordedAsync();
        using var refused = await scene.TryAskAsync(purpose);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(["tina export.request refused"], await scene.AuditAsync());
    }

    [Fact]
    public async Task Nothing_is_built_without_the_approval_of_a_second_person_nor_twice_with_it()
    {
        await using var scene = await ExportScene.RecordedAsync();
        using (var early = await scene.TryStartAsync()) { Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode); }
        var request = await scene.AskAsync();
        using (var early = await scene.TryStartAsync()) { Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode); }
        using (var own = await scene.Technician.Browser.SubmitAsync("/approvals", $"/approvals/{request}", ("decision", "approve"), ("reason", ""))) { Assert.NotEqual(HttpStatusCode.Redirect, own.StatusCode); }
        using (var early = await scene.TryStartAsync()) { Assert.Equal(HttpStatusCode.UnprocessableEntity, early.StatusCode); }

        await scene.ApproveAsync(request);
        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scene.TryStartAsync()));
        Assert.Single(starts, start => start.StatusCode == HttpStatusCode.Redirect);
        foreach (var start in starts) { start.Dispose(); }
        Assert.Equal(1, await scene.Server.InCatalogueAsync(catalogue => catalogue.Exports.CountAsync()));
    }

    [Fact]
    public async Task What_the_second_person_refuses_or_approved_too_long_ago_is_not_built()
    {
        await using var scene = await ExportScene.RecordedAsync();
        await scene.ApproveAsync(await scene.AskAsync(), "refuse");
        using (var refused = await scene.TryStartAsync()) { Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode); }

        scene.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await scene.ApproveAsync(await scene.AskAsync());
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(61));
        using (var late = await scene.TryStartAsync()) { Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode); }
        Assert.False(await scene.Server.InCatalogueAsync(catalogue => catalogue.Exports.AnyAsync()));
    }

    [Fact]
    public async Task Whoever_may_read_the_chat_alone_takes_the_chat_alone()
    {
        await using var scene = await ExportScene.RecordedAsync();
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == scene.Session).ExecuteUpdateAsync(row => row.SetProperty(s => s.Technician, "olaf")));
        await scene.GrantChatAsync(Technician.UserName);
        var files = await scene.UnzippedAsync(await scene.ReadyAsync());
        Assert.Contains("chat.txt", files.Keys);
        Assert.DoesNotContain("video.mp4", files.Keys);
        Assert.DoesNotContain("manifests/video.jws", files.Keys);
    }

    [Fact]
    public async Task To_another_account_it_does_not_exist()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        using var other = await Member.JoinAsync(scene.Server, scene.Technician.Browser, "olaf", "technician", "admin", "auditor");
        foreach (var path in (string[])[$"/exports/{export}", $"/api/exports/{export}", $"/sessions/{scene.Session}/export"])
        {
            using var answer = await other.Browser.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var refused = await scene.DownloadAsync(other.Browser, export);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var asked = await other.Browser.SubmitAsync("/account", $"/sessions/{scene.Session}/export", ("purpose", ExportScene.Purpose));
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
        Assert.Equal(["olaf export.download refused", "olaf export.request refused"], (await scene.AuditAsync())[^2..]);

        using var stranger = new Browser(scene.Server);
        using var anonymous = await stranger.PostAsync($"/exports/{export}/download", "");
        Assert.NotEqual(HttpStatusCode.OK, anonymous.StatusCode);
        Assert.Equal(0, (await scene.ReadAsync(export)).Downloads);
    }

    [Fact]
    public async Task Whoever_writes_another_name_into_the_catalogue_does_not_open_it()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        using var other = await Member.JoinAsync(scene.Server, scene.Technician.Browser, "olaf", "technician");
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == scene.Session).ExecuteUpdateAsync(row => row.SetProperty(s => s.Technician, "olaf")));
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Exports.Where(e => e.Id == export).ExecuteUpdateAsync(row => row.SetProperty(e => e.Requester, "olaf")));
        using var answer = await scene.DownloadAsync(other.Browser, export);
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Equal("olaf export.download refused", (await scene.AuditAsync())[^1]);
    }

    [Fact]
    public async Task It_can_be_downloaded_once_also_by_two_requests_at_the_same_moment()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => scene.DownloadAsync(export)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        using var again = await scene.DownloadAsync(export);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.Equal(1, (await scene.ReadAsync(export)).Downloads);
        Assert.Single(await scene.AuditAsync(), row => row == "tina export.download allowed");
        foreach (var answer in answers) { answer.Dispose(); }
    }

    [Fact]
    public async Task A_link_does_not_download()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        using var followed = await scene.Technician.Browser.GetAsync($"/exports/{export}/download");
        Assert.NotEqual(HttpStatusCode.OK, followed.StatusCode);
        using var forged = await scene.Technician.Browser.PostAsync($"/exports/{export}/download", "");
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(0, (await scene.ReadAsync(export)).Downloads);
    }

    [Fact]
    public async Task Nobody_gets_it_when_its_time_is_over()
    {
        await using var scene = await ExportScene.RecordedAsync(null, null, ("Exports:KeptHours", "2"));
        var export = await scene.ReadyAsync();
        scene.Server.Clock.Advance(TimeSpan.FromHours(2));
        using var late = await scene.DownloadAsync(export);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
        await scene.RunJobAsync();
        Assert.Equal((ExportState.Gone, false), await scene.ReadAsync(export) is var row ? (row.State, row.Stored) : default);
        Assert.Empty(scene.FilesOf(export));
    }

    [Fact]
    public async Task Nobody_gets_it_when_the_right_is_gone()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var export = await scene.ReadyAsync();
        await scene.Server.InCatalogueAsync(catalogue => catalogue.Sessions.Where(s => s.Id == scene.Session).ExecuteUpdateAsync(row => row.SetProperty(s => s.Technician, "olaf")));
        using var refused = await scene.DownloadAsync(export);
        Assert.Equal(HttpStatusCode.Gone, refused.StatusCode);
        Assert.Equal(0, (await scene.ReadAsync(export)).Downloads);
    }

    [Fact]
    public async Task A_server_without_ffmpeg_says_so_when_it_is_asked()
    {
        await using var scene = await ExportScene.RecordedAsync(null, null, ("Exports:Ffmpeg", "no-such-program"));
        using var refused = await scene.TryAskAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("Ask the operator to install ffmpeg", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Exports:KeptHours", "25")]
    [InlineData("Exports:Downloads", "0")]
    public async Task An_option_out_of_its_range_stops_the_start(string key, string value)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Server.StartAsync((key, value)));
        Assert.Contains(key.Split(':')[1], refused.Message, StringComparison.Ordinal);
    }
}
