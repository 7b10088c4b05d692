using System.IO.Compression;
using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A technician asks for a copy of a session, a second person approves it, it is built before their eyes, and plays.</summary>
public sealed class ExportStoryTests(Chromium chromium)
{
    private const string Password = "four words in a row";
    private static readonly TimeSpan ProgramLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_copy_is_asked_for_approved_by_a_second_person_built_and_plays_in_any_player()
    {
        await using var session = await StartedSession.StartAsync(chromium, new Dictionary<string, string?> { ["Exports__Allowed"] = "true", ["RateLimits__TriesPerAddress"] = "100" });
        var (page, server) = (session.Technician.Page, session.Server);
        await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        var vera = await SecondPersonAsync(session);

        await session.Technician.GoAsync($"/sessions/{session.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync();
        await ShowBothAsync(page, "export-purpose");
        await page.GetByText("Complaint or dispute").ClickAsync();
        await page.GetByLabel("What should the approver know?").FillAsync("The customer asked for it");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for the export" }).ClickAsync();
        await page.GetByText("A second person decides").WaitForAsync();
        await ShowBothAsync(page, "export-waiting");

        await vera.GoAsync(server.Url, "/approvals");
        await vera.GetByText("The customer asked for it").WaitForAsync();
        await ShowBothAsync(vera, "export-approval");
        await vera.GetByRole(AriaRole.Button, new() { Name = "Approve, once" }).ClickAsync();
        await vera.Context.CloseAsync();

        await page.ReloadAsync();
        await ShowBothAsync(page, "export-approved");
        await page.GetByRole(AriaRole.Button, new() { Name = "Build the export" }).ClickAsync();
        await page.WaitForURLAsync("**/exports/*");
        await page.Locator("#download").WaitForAsync(); // the page follows by itself
        await ShowBothAsync(page, "export-ready");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#download").ClickAsync());
        await page.GetByText("Downloaded").First.WaitForAsync();
        await ShowBothAsync(page, "export-downloaded");

        var folder = Directory.CreateTempSubdirectory("export-story-").FullName;
        try
        {
            var zip = Path.Combine(folder, "export.zip");
            await download.SaveAsAsync(zip);
            await ChildProcess.RunAsync("unzip", ["-q", zip, "-d", folder], ProgramLimit);
            Assert.Contains("VERIFIED:", await File.ReadAllTextAsync(Path.Combine(folder, "verification.txt")), StringComparison.Ordinal);
            var video = Path.Combine(folder, "video.mp4");
            Assert.Contains("h264", await ChildProcess.RunAsync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", video], ProgramLimit), StringComparison.Ordinal);
            using var archive = await ZipFile.OpenReadAsync(zip);
            Assert.Contains(archive.Entries, entry => entry.FullName == "receipts/receipt-1.jws");

            // A browser plays the file as it is.
            await page.GoAsync(server.Url, "/account");
            await page.SetContentAsync("<input type=file><video muted></video>");
            await page.SetInputFilesAsync("input", video);
            await page.EvaluateAsync("() => { const video = document.querySelector('video'); video.src = URL.createObjectURL(document.querySelector('input').files[0]); return video.play(); }");
            await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.5 && document.querySelector('video').videoWidth === 1280");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // The recorded person sees that a copy was made, and for what.
        var receipt = await session.Person.Page.EvaluateAsync<string>("async () => (await (await fetch('/consent/receipt')).json()).page");
        var later = await chromium.NewDeviceAsync(390, 844);
        await later.GotoAsync(receipt);
        await later.GetByText("had a copy made").WaitForAsync();
        await Chromium.ShowAsync(later, "export-receipt-phone");
        await later.Context.CloseAsync();
    }

    /// <summary>Another org admin, invited, set up and signed in.</summary>
    private async Task<IPage> SecondPersonAsync(StartedSession session)
    {
        var page = session.Technician.Page;
        await session.Technician.GoAsync("/people");
        await page.FillAsync("#displayName", "Vera Second");
        await page.FillAsync("#userName", "vera");
        await page.GetByLabel("Org admin").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the invitation" }).ClickAsync();
        var link = await page.Locator("#link").InnerTextAsync();

        var vera = await chromium.NewDeviceAsync();
        await vera.GotoAsync(link);
        var secret = await vera.Locator("#totp-secret").InnerTextAsync();
        await vera.FillAsync("#password", Password);
        await vera.FillAsync("#passwordAgain", Password);
        await vera.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await vera.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await vera.GetByRole(AriaRole.Link, new() { Name = "Go on to sign in" }).ClickAsync();
        await vera.FillAsync("#userName", "vera");
        await vera.FillAsync("#password", Password);
        await vera.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System, stepsAhead: 1));
        await vera.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await vera.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        return vera;
    }

    private static async Task ShowBothAsync(IPage page, string name)
    {
        foreach (var (width, height, device) in new[] { (390, 844, "phone"), (1280, 800, "desktop") })
        {
            await page.SetViewportSizeAsync(width, height);
            await Chromium.ShowAsync(page, $"{name}-{device}");
        }
    }
}
