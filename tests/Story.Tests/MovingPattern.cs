using System.Diagnostics;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A known pattern that moves on a real display: eight bars, black or white, that count half seconds in binary, the lowest bit left.</summary>
internal sealed class MovingPattern : IAsyncDisposable
{
    public const int Bars = 8;
    private const int Tick = 2; // counts a second

    private readonly ChildProcess player;
    private readonly XDisplay display;

    private MovingPattern(ChildProcess player, XDisplay display) => (this.player, this.display) = (player, display);

    public static async Task<MovingPattern> ShowAsync(XDisplay display)
    {
        var bars = $"color=c=gray:s={Bars}x2:r={Tick},format=gray,geq=lum='if(mod(floor(floor(T*{Tick})/pow(2\\,X))\\,2)\\,235\\,16)',"
            + $"scale={display.Width}:{display.Height}:flags=neighbor,format=yuv420p";
        var player = ChildProcess.Start("ffmpeg",
            ["-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", bars, "-f", "sdl2", "-window_x", "0", "-window_y", "0", "-window_borderless", "1", "pattern"],
            new Dictionary<string, string?> { ["DISPLAY"] = display.Name, ["SDL_VIDEODRIVER"] = "x11" });
        var pattern = new MovingPattern(player, display);
        for (var deadline = Stopwatch.StartNew(); (await pattern.LookAsync()).Count < 2;)
        {
            if (deadline.Elapsed > TimeSpan.FromSeconds(20)) { throw new TimeoutException($"The pattern does not count: {player.Output}"); }
        }

        return pattern;
    }

    /// <summary>What the display shows now, read from the display itself.</summary>
    public async Task<Look> LookAsync()
    {
        // A look that spans a change of the count says neither: look again.
        while (true)
        {
            var before = await GrabAsync();
            var at = TimeProvider.System.GetUtcNow();
            var after = await GrabAsync();
            if (CountOf(before) is { } count && CountOf(after) == count) { return new(at, count, after); }
        }
    }

    /// <summary>The count that eight bars show; null when they are not black and white.</summary>
    /// <param name="gray">One byte a bar: its brightness.</param>
    public static int? CountOf(IReadOnlyList<byte> gray)
    {
        var count = 0;
        for (var bar = 0; bar < Bars; bar++)
        {
            if (gray[bar] is > 70 and < 185) { return null; }
            if (gray[bar] >= 185) { count |= 1 << bar; }
        }

        return count;
    }

    public ValueTask DisposeAsync() => player.DisposeAsync();

    private async Task<byte[]> GrabAsync()
    {
        using var grab = Process.Start(new ProcessStartInfo("ffmpeg",
        [
            "-nostdin", "-loglevel", "error", "-f", "x11grab", "-draw_mouse", "0", "-video_size", $"{display.Width}x{display.Height}", "-i", display.Name,
            "-frames:v", "1", "-vf", $"scale={Bars}:1:flags=area,format=gray", "-f", "rawvideo", "-",
        ]) { RedirectStandardOutput = true })!;
        var gray = new byte[Bars];
        await grab.StandardOutput.BaseStream.ReadExactlyAsync(gray);
        await grab.WaitForExitAsync();
        return gray;
    }
}

/// <summary>What the display showed at a moment.</summary>
internal sealed record Look(DateTimeOffset At, int Count, byte[] Bars);
