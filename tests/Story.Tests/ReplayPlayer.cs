using System.Text.Json;
using Microsoft.Playwright;

namespace SecureRecorder.Story.Tests;

/// <summary>The player in a real browser, and what its picture shows.</summary>
internal sealed class ReplayPlayer(IPage page)
{
    /// <summary>Seconds within which a recording has another picture, even if nothing changes, and some.</summary>
    private const double PictureInterval = 1.5;

    // "seeked" comes before the picture does: what is drawn right after it may be the picture from before.
    private const string ReadBars = """
        ([bars, seconds, interval]) => new Promise((resolve, reject) => {
          const video = document.querySelector("video");
          const limit = setTimeout(() => reject(new Error(`No picture of second ${seconds} within 30 s; at ${video.currentTime}, seeking: ${video.seeking}.`)), 30000);
          const look = (_, { mediaTime }) => {
            if (mediaTime > seconds + 0.001 || mediaTime < seconds - interval) { video.requestVideoFrameCallback(look); return; }
            clearTimeout(limit);
            const canvas = new OffscreenCanvas(bars * 16, 16);
            const context = canvas.getContext("2d");
            context.drawImage(video, 0, 0, canvas.width, canvas.height);
            const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
            resolve(Array.from({ length: bars }, (_, bar) => pixels[(8 * canvas.width + bar * 16 + 8) * 4]));
          };
          video.pause();
          video.requestVideoFrameCallback(look);
          video.currentTime = seconds;
        })
        """;

    /// <summary>Waits until a picture is there.</summary>
    public Task WaitForPictureAsync() => page.WaitForFunctionAsync("() => document.querySelector('video')?.readyState >= 2");

    /// <summary>Seeks to a second of the session and returns the brightness of each bar, as the browser shows it.</summary>
    public async Task<byte[]> BarsAtAsync(double seconds) =>
        [.. (await page.EvaluateAsync<int[]>(ReadBars, new object[] { MovingPattern.Bars, seconds, PictureInterval })).Select(b => (byte)b)];

    public Task<string> BadgeAsync() => page.Locator("[data-part=badge]").GetAttributeAsync("data-status")!;

    public Task WaitForBadgeAsync(string status) => page.Locator($"[data-part=badge][data-status={status}]").WaitForAsync();

    /// <summary>What the server tells the player.</summary>
    public async Task<JsonElement> DescriptionAsync() =>
        await page.EvaluateAsync<JsonElement>("async () => (await fetch(document.getElementById('replay').dataset.api)).json()");
}
