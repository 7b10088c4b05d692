using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>What a newcomer does first: one command records and verifies, and a second run finds the first one's data and shows how to sign in.</summary>
public sealed class QuickstartTests(Chromium chromium) : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(6);
    private readonly string data = Directory.CreateTempSubdirectory("quickstart-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Records_verifies_and_can_be_run_again_on_the_same_data()
    {
        await using (var once = Start("--once"))
        {
            Assert.True(await once.WaitForExitAsync(Long) == 0, once.Output);
            Assert.EndsWith("recorded and verified", once.Output.TrimEnd(), StringComparison.Ordinal);
        }

        var read = await ChildProcess.RunAsync(
            "node", [Repository.File("tests/independent-reader/read.mjs"), Path.Combine(data, "bucket"), Path.Combine(data, "keys/kek.pem")], Long);
        Assert.Contains(" video ", read, StringComparison.Ordinal);
        var opened = Path.Combine(data, "..", $"{Path.GetFileName(data)}-opened");
        try
        {
            await ChildProcess.RunAsync(
                AdminServer.Program("Admin", "secure-recorder-admin"), ["recover", "--bucket", Path.Combine(data, "bucket"), "--kek", Path.Combine(data, "keys/kek.pem"), "--out", opened], Long);
            var video = Assert.Single(Directory.GetFiles(opened, "video.mp4", SearchOption.AllDirectories));
            Assert.Contains("h264", await ChildProcess.RunAsync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", video], Long), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(opened)) { Directory.Delete(opened, recursive: true); }
        }

        await using var again = Start();
        await again.WaitForLineAsync("Ctrl-C stops everything", Long);
        var replay = new Uri((await again.WaitForLineAsync(@"Replay\s+(\S+)", Long)).Groups[1].Value);
        var page = await chromium.NewDeviceAsync();
        await page.GoAsync(replay, "/sign-in");
        await page.FillAsync("#userName", (await again.WaitForLineAsync(@"Sign in\s+(\S+)", Long)).Groups[1].Value);
        await page.FillAsync("#password", (await again.WaitForLineAsync(@"password\s+(\S+)", Long)).Groups[1].Value);
        await page.FillAsync("#code", (await again.WaitForLineAsync(@"code\s+(\d{6})", Long)).Groups[1].Value);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(new Uri(replay, "/").ToString());
        await page.GotoAsync(replay + "/replay");
        await page.GetByText("Quality assurance").ClickAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Open the replay" }).ClickAsync();
        var player = new ReplayPlayer(page);
        await player.WaitForPictureAsync();
        await player.BarsAtAsync(8);
        Assert.Equal("verified", await player.BadgeAsync());
        await Chromium.ShowAsync(page, "quickstart-replay");

        again.Interrupt();
        await again.WaitForExitAsync(Long);
    }

    private ChildProcess Start(params string[] options) => ChildProcess.Start(
        Repository.File("deploy/quickstart.sh"),
        ["--data", data, "--port", $"{LoopbackPort.Take()}", .. options],
        new Dictionary<string, string?> { ["DEMO_SECONDS"] = "12" });
}
