using System.Text.Json;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Everything but the bucket and the key encryption key is lost: the recording becomes a file that plays, and a new server replays it.</summary>
public sealed class RecoveryStoryTests(Chromium chromium)
{
    private static readonly TimeSpan ProgramLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_recording_outlives_its_server()
    {
        await using var session = await StartedSession.StartAsync(chromium, new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "100" });
        var (server, page) = (session.Server, session.Technician.Page);
        var looks = new List<Look> { await session.LookLaterAsync() };
        await new ChatSide(session.Person.Page).SayAsync("The printer says PC LOAD LETTER.");
        looks.Add(await session.LookLaterAsync());
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        server.Process.Terminate(); // the last checkpoint of the audit trail
        await server.Process.WaitForExitAsync(ProgramLimit);
        LoseAllBut(server.Data);

        var folder = Directory.CreateTempSubdirectory("recovery-story-").FullName;
        try
        {
            var output = Path.Combine(folder, "out");
            await using (var recover = server.Run("recover", "--bucket", Path.Combine(server.Data, "bucket"), "--kek", Path.Combine(server.Data, "keys", "kek.pem"), "--out", output))
            {
                Assert.True(await recover.WaitForExitAsync(ProgramLimit) == 0, recover.Output);
                Assert.Contains("1 session: 1 verified.", recover.Output, StringComparison.Ordinal);
            }

            var recovered = Path.Combine(output, $"{session.Id}");
            Assert.Contains("PC LOAD LETTER", await File.ReadAllTextAsync(Path.Combine(recovered, "chat.txt")), StringComparison.Ordinal);
            await PlaysAsync(page, recovered, looks);

            await using (var index = server.Run("recover", "--index", "--data", server.Data))
            {
                Assert.True(await index.WaitForExitAsync(ProgramLimit) == 0, index.Output);
                Assert.Contains("1 recorded.", index.Output, StringComparison.Ordinal);
            }

            await server.StartAgainAsync();
            await page.Context.ClearCookiesAsync();
            await session.Technician.SetUpAsync(); // accounts are not in the bucket
            var player = await session.ReplayAsync();
            Assert.Equal("verified", await player.BadgeAsync());
            await page.Locator("[data-part=chat-log] li").Filter(new() { HasText = "PC LOAD LETTER" }).WaitForAsync();
            foreach (var look in looks) { await StartedSession.ShowsAsync(player, look); }
            await Chromium.ShowAsync(page, "recovered-replay");

            await using var audit = server.Run("audit", "export");
            Assert.Equal(0, await audit.WaitForExitAsync(ProgramLimit));
            var trail = audit.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).Select(row => $"{row.GetProperty("action")} {row.GetProperty("actor")}").ToList();
            var recoveredAt = trail.IndexOf("catalogue.recovered operator");
            Assert.InRange(trail.IndexOf("session.started tina"), 0, recoveredAt);
            Assert.InRange(trail.IndexOf("replay.open tina"), recoveredAt, trail.Count);
            await using var verify = server.Run("audit", "verify");
            Assert.True(await verify.WaitForExitAsync(ProgramLimit) == 0, verify.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What is left is what an organization keeps elsewhere: the bucket, and the key.</summary>
    private static void LoseAllBut(string data)
    {
        foreach (var file in Directory.GetFiles(data).Concat(Directory.GetFiles(Path.Combine(data, "keys"))).Where(file => Path.GetFileName(file) != "kek.pem")) { File.Delete(file); }
    }

    /// <summary>Two other programs open the file, and it shows what was on the display.</summary>
    private static async Task PlaysAsync(Microsoft.Playwright.IPage page, string recovered, IReadOnlyList<Look> looks)
    {
        var video = Path.Combine(recovered, "video.mp4");
        Assert.Contains("h264", await ChildProcess.RunAsync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", video], ProgramLimit), StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(recovered, "report.json")));
        var zero = report.RootElement.GetProperty("startedAt").GetDateTimeOffset();

        await page.GotoAsync("about:blank");
        await page.SetContentAsync("<input type=file><video muted></video>");
        await page.SetInputFilesAsync("input", video);
        await page.EvaluateAsync("() => { const video = document.querySelector('video'); video.src = URL.createObjectURL(document.querySelector('input').files[0]); return video.play(); }");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.5 && document.querySelector('video').videoWidth === 1280");
        var player = new ReplayPlayer(page);
        foreach (var look in looks)
        {
            var shown = MovingPattern.CountOf(await player.BarsAtAsync((look.At - zero).TotalSeconds));
            Assert.True(shown >= look.Count - 1 && shown <= look.Count + 1, $"The display showed {look.Count} at {look.At:O}; the file shows {shown} there.");
        }
    }
}
