using System.Text.Json;
using Microsoft.Playwright;

namespace SecureRecorder.Story.Tests;

/// <summary>The player in a real browser, and what its picture shows.</summary>
internal sealed class ReplayPlayer(IPage page)
{
    private const string ReadBars = """
        async ([bars, seconds]) => {
          const video = document.querySelector("video");
          if (seconds !== null) {
            video.pause();
            const seeked = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
            video.currentTime = seconds;
            await seeked;
          }
          while (video.readyState < 2) { await new Promise((resolve) => setTimeout(resolve, 20)); }
          const canvas = new OffscreenCanvas(bars * 16, 16);
          const context = canvas.getContext("2d");
          context.drawImage(video, 0, 0, canvas.width, canvas.height);
          const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
          return Array.from({ length: bars }, (_, bar) => pixels[(8 * canvas.width + bar * 16 + 8) * 4]);
        }
        """;

    /// <summary>Waits until a picture is there.</summary>
    public Task WaitForPictureAsync() => page.WaitForFunctionAsync("() => document.querySelector('video')?.readyState >= 2");

    /// <summary>Seeks to a second of the session and returns the brightness of each bar, as the browser shows it.</summary>
    public async Task<byte[]> BarsAtAsync(double seconds) =>
        [.. (await page.EvaluateAsync<int[]>(ReadBars, new object[] { MovingPattern.Bars, seconds })).Select(b => (byte)b)];

    public Task<string> BadgeAsync() => page.Locator("[data-part=badge]").GetAttributeAsync("data-status")!;

    public Task WaitForBadgeAsync(string status) => page.Locator($"[data-part=badge][data-status={status}]").WaitForAsync();

    /// <summary>What the server tells the player.</summary>
    public async Task<JsonElement> DescriptionAsync() =>
        await page.EvaluateAsync<JsonElement>("async () => (await fetch(document.getElementById('replay').dataset.api)).json()");
}
