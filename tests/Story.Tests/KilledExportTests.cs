using System.IO.Compression;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>kill -9 while a copy is built: nobody gets the half of it, nothing of it stays, its requester is told and gets another one.</summary>
public sealed class KilledExportTests(Chromium chromium)
{
    [Fact]
    public async Task A_server_that_is_killed_while_it_builds_a_copy_says_so_leaves_nothing_and_builds_another()
    {
        using var ffmpeg = new StandInFfmpeg();
        await using var session = await StartedSession.StartAsync(
            chromium, new Dictionary<string, string?> { ["Exports__Allowed"] = "true", ["Exports__Ffmpeg"] = ffmpeg.Program, ["RateLimits__TriesPerAddress"] = "100" });
        var (page, server) = (session.Technician.Page, session.Server);
        await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        var vera = await MemberDevice.JoinAsync(chromium, session.Technician, server, "vera", "Vera Second", "admin");

        var half = await BuildAsync(session, vera);
        await Eventually.TrueAsync(() => ffmpeg.IsHanging && FilesOf(session, half).Count > 2, "the key and some segments of the zip are in the bucket");
        server.Process.Kill();
        await server.Process.WaitForExitAsync(StartedSession.Soon);
        Assert.NotEmpty(FilesOf(session, half));
        Assert.Empty(await ClearText.InFilesAsync([server.Data], StandInFfmpeg.Canary));
        await LetTheLeaseRunOutAsync(server, half);

        await server.StartAgainAsync(); // beside the program that the dead one left behind
        Assert.Equal(410, await DownloadAsync(session, half));
        await session.Technician.GoAsync($"/exports/{half}");
        await page.GetByText("The server that built it stopped. Ask for it again.").WaitForAsync(); // the page follows by itself
        await Eventually.TrueAsync(() => FilesOf(session, half).Count == 0, "nothing of the half copy is in the bucket");
        Assert.Equal(0, await page.Locator("#download").CountAsync());
        await MemberDevice.ShowAsync(page, "export-killed");
        Assert.Equal(410, await DownloadAsync(session, half));
        Assert.Empty(Directory.GetFileSystemEntries(server.Temporary));
        Assert.Empty(await ClearText.InFilesAsync([server.Data], StandInFfmpeg.Canary));

        ffmpeg.BeTheRealOne();
        await session.Technician.GoAsync($"/exports/{half}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Ask for another one" }).ClickAsync();
        await BuildAsync(session, vera);
        await page.Locator("#download").WaitForAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#download").ClickAsync());
        using var zip = await ZipFile.OpenReadAsync(await download.PathAsync());
        Assert.True(zip.GetEntry("video.mp4")?.Length > 0);
        await vera.Page.Context.CloseAsync();
    }

    /// <summary>Asked for, approved by a second person and begun; returns its number.</summary>
    private static async Task<Guid> BuildAsync(StartedSession session, MemberDevice approver)
    {
        var page = session.Technician.Page;
        await session.Technician.GoAsync($"/sessions/{session.Id}/export");
        await page.GetByText("Complaint or dispute").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for the export" }).ClickAsync();
        await page.GetByText("A second person decides").WaitForAsync();
        await approver.GoAsync("/approvals");
        await approver.PressAsync("Approve, once");
        await approver.Page.GetByText("approved by vera").First.WaitForAsync();
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Build the export" }).ClickAsync();
        await page.WaitForURLAsync("**/exports/*");
        return Guid.Parse(new Uri(page.Url).Segments[^1]);
    }

    /// <summary>Sends what the button of a finished one sends, with or without one; returns the answer's status.</summary>
    private static async Task<int> DownloadAsync(StartedSession session, Guid export)
    {
        var page = session.Technician.Page;
        await session.Technician.GoAsync("/account");
        var address = new Uri(session.Server.Url, $"/exports/{export}/download").ToString();
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.EvaluateAsync($$"""() => { const form = document.querySelector("form[method=post]"); form.action = "{{address}}"; form.submit(); }"""), address);
        await page.WaitForURLAsync(address);
        return answer.Status;
    }

    /// <summary>A minute goes by in which nobody renews it, as far as the catalogue can tell.</summary>
    private static async Task LetTheLeaseRunOutAsync(AdminServer server, Guid export)
    {
        var options = new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")}").Options;
        await using var catalogue = new CatalogueDb(options);
        DateTimeOffset? now = TimeProvider.System.GetUtcNow();
        Assert.Equal(1, await catalogue.Exports.Where(e => e.Id == export && e.State == ExportState.Building && e.LeaseUntil > now)
            .ExecuteUpdateAsync(row => row.SetProperty(e => e.LeaseUntil, now)));
    }

    /// <summary>What of an export lies in the bucket's folder.</summary>
    private static IReadOnlyList<string> FilesOf(StartedSession session, Guid export)
    {
        var folder = Path.Combine(session.Server.Data, "bucket", TrackObjects.Prefix(session.Id, ExportTrack.Of(export)));
        return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
    }
}
