using System.Diagnostics;
using System.Threading.Channels;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A known pattern that moves on a real display: eight bars, black or white, that count in binary, the lowest bit left; and an eye that watches it.</summary>
internal sealed class MovingPattern : IAsyncDisposable
{
    public const int Bars = 8;

    /// <summary>Seconds between two counts: long enough for a busy machine to look twice at one.</summary>
    public const int SecondsACount = 2;

    private readonly ChildProcess player;
    private readonly Process eye;
    private readonly Channel<Look> seen = Channel.CreateBounded<Look>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Task watching;

    private MovingPattern(ChildProcess player, Process eye)
    {
        (this.player, this.eye) = (player, eye);
        watching = WatchAsync();
    }

    public static async Task<MovingPattern> ShowAsync(XDisplay display)
    {
        var bars = $"color=c=gray:s={Bars}x2:r=4,format=gray,geq=lum='if(mod(floor(floor(T/{SecondsACount})/pow(2\\,X))\\,2)\\,235\\,16)',"
            + $"scale={display.Width}:{display.Height}:flags=neighbor,setsar=1,format=yuv420p";
        var shown = ChildProcess.Start("ffmpeg",
            ["-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", bars, "-f", "sdl2", "-window_x", "0", "-window_y", "0", "-window_borderless", "1", "pattern"],
            new Dictionary<string, string?> { ["DISPLAY"] = display.Name, ["SDL_VIDEODRIVER"] = "x11" });
        var watcher = Process.Start(new ProcessStartInfo("ffmpeg",
        [
            "-nostdin", "-loglevel", "error", "-f", "x11grab", "-framerate", "5", "-draw_mouse", "0", "-video_size", $"{display.Width}x{display.Height}", "-i", display.Name,
            "-vf", $"scale={Bars}:1:flags=area,format=gray", "-f", "rawvideo", "-flush_packets", "1", "-",
        ]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var pattern = new MovingPattern(shown, watcher);
        try
        {
            await pattern.LookUntilAsync(look => look.Count >= 1);
            return pattern;
        }
        catch
        {
            await pattern.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the display shows now, read from the display itself.</summary>
    public Task<Look> LookAsync() => LookUntilAsync(_ => true);

    /// <summary>What the display shows when this is true of it.</summary>
    /// <exception cref="TimeoutException">It never was.</exception>
    public async Task<Look> LookUntilAsync(Predicate<Look> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var since = TimeProvider.System.GetUtcNow();
            while (true)
            {
                var look = await seen.Reader.ReadAsync(limit.Token);
                if (look.At >= since && wanted(look)) { return look; }
            }
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The display does not show what was waited for: {player.Output}", late);
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

    public async ValueTask DisposeAsync()
    {
        eye.Kill();
        await watching;
        eye.Dispose();
        await player.DisposeAsync();
    }

    /// <summary>A look counts when the picture before and after it was the same: it was not taken in the middle of a change.</summary>
    private async Task WatchAsync()
    {
        var frames = new List<(DateTimeOffset At, int? Count)>();
        var gray = new byte[Bars];
        while (await eye.StandardOutput.BaseStream.ReadAtLeastAsync(gray, Bars, throwOnEndOfStream: false) == Bars)
        {
            frames.Add((TimeProvider.System.GetUtcNow(), CountOf(gray)));
            if (frames.Count > 3) { frames.RemoveAt(0); }
            if (frames.Count == 3 && frames[1].Count is { } count && frames[0].Count == count && frames[2].Count == count) { seen.Writer.TryWrite(new(frames[1].At, count)); }
        }

        seen.Writer.TryComplete();
    }
}

/// <summary>What the display showed at a moment.</summary>
internal sealed record Look(DateTimeOffset At, int Count);
