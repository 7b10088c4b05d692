using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A session is watched while it goes on: a few seconds late, with what happened in it, and never without the viewer's name in the picture.</summary>
public sealed class LiveReplayTests(Chromium chromium)
{
    /// <summary>Seconds that a viewer may be behind.</summary>
    private const int MostSeconds = 10;

    private const string PictureNow = """
        (bars) => {
          const video = document.querySelector("video");
          const canvas = new OffscreenCanvas(bars * 16, 16);
          const context = canvas.getContext("2d");
          context.drawImage(video, 0, 0, canvas.width, canvas.height);
          const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
          return Array.from({ length: bars }, (_, bar) => pixels[(8 * canvas.width + bar * 16 + 8) * 4]);
        }
        """;

    [Fact]
    public async Task A_session_that_goes_on_is_seen_at_most_ten_seconds_late_with_what_happens_in_it()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        var page = session.Technician.Page;
        await session.WaitForFilesAsync(Path.Combine(session.Server.Data, "bucket", "v1", session.Id.ToString()));
        await session.LookLaterAsync();
        await page.Locator("#replay").And(page.Locator(":visible")).WaitForAsync();
        var player = await session.ReplayAsync();
        await player.WaitForBadgeAsync("live");
        var seconds = await WaitForDelayAsync(session, page);
        TestContext.Current.TestOutputHelper?.WriteLine($"The picture was at most {seconds} s late.");
        await page.GetByText("Live, ").First.WaitForAsync();
        await Chromium.ShowAsync(page, "replay-live");

        await session.Person.PressAsync("Pause");
        await session.WaitForPersonAsync("paused");
        await session.Person.PressAsync("Resume");
        await session.WaitForPersonAsync("recording");
        await page.GetByText("Paused by the recorded person").WaitForAsync();
        await page.GetByText("Resumed by the recorded person").WaitForAsync();
        await WaitForDelayAsync(session, page);

        // In full screen the name stays in the picture, and the keyboard works.
        await page.GetByRole(AriaRole.Button, new() { Name = "Full screen" }).ClickAsync();
        await page.WaitForFunctionAsync("() => document.fullscreenElement?.contains(document.querySelector('[data-part=watermark]'))");
        var seal = await page.Locator("[data-part=seal-time]").BoundingBoxAsync();
        var picture = await page.Locator("video").BoundingBoxAsync();
        Assert.NotNull(seal);
        Assert.InRange(seal.Y, picture!.Y, picture.Y + picture.Height);
        Assert.Contains("tina", await page.Locator("[data-part=watermark]").InnerTextAsync(), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("k"); // space is the pressed button's
        await page.WaitForFunctionAsync("() => document.querySelector('video').paused");
        await page.Keyboard.PressAsync("Home");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime < 2 && document.querySelector('video').readyState >= 2");
        await page.Keyboard.PressAsync(">");
        await page.WaitForFunctionAsync("() => document.querySelector('video').playbackRate === 2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Leave full screen" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go to live" }).ClickAsync();
        await WaitForDelayAsync(session, page);

        // What happened leads to its moment, and the end is seen without a reload.
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        await player.WaitForBadgeAsync("verified");
        await page.WaitForFunctionAsync("() => document.querySelector('[data-part=state]').textContent === 'recorded'");
        await page.GetByText("Ended by the recorded person").WaitForAsync();
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Resumed by the recorded person" }).GetByRole(AriaRole.Button).ClickAsync();
        var resumed = (await player.DescriptionAsync()).GetProperty("gaps")[0];
        var end = resumed.GetProperty("start").GetDouble() + resumed.GetProperty("duration").GetDouble();
        await page.WaitForFunctionAsync("(end) => Math.abs(document.querySelector('video').currentTime - end) < 3", end);
        await Chromium.ShowAsync(page, "replay-events");
        await page.SetViewportSizeAsync(390, 844);
        await Chromium.ShowAsync(page, "replay-events-phone");
    }

    /// <summary>Waits until what the player shows is what the display showed not longer ago than it may be.</summary>
    private static async Task<int> WaitForDelayAsync(StartedSession session, IPage page)
    {
        for (var tries = 0; ; tries++)
        {
            var look = await session.Pattern.LookAsync();
            var shown = MovingPattern.CountOf([.. (await page.EvaluateAsync<int[]>(PictureNow, MovingPattern.Bars)).Select(b => (byte)b)]);
            var late = shown is { } count ? ((look.Count - count) & 0xff) * MovingPattern.SecondsACount : int.MaxValue;
            if (late <= MostSeconds) { return late; }

            Assert.True(tries < 150, $"The display shows {look.Count}, the player {shown}: it is {late} s late.");
            await Task.Delay(200);
        }
    }
}
