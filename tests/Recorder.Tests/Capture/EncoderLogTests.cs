using System.Text;
using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class EncoderLogTests
{
    [Fact]
    public async Task The_first_frames_time_is_read_and_the_last_lines_are_kept()
    {
        var (clock, log) = await ReadAsync("Input #0, x11grab, from ':0':\n  Duration: N/A, start: 1795305434.835133, bitrate: 294912 kb/s\n[libx264 @ 0x1] frame I:1\nThe end\n");
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1795305434835).AddTicks(1330), clock.FirstFrameUtc);
        Assert.EndsWith("| The end", log.LastLines, StringComparison.Ordinal);
        Assert.DoesNotContain("libx264", log.LastLines, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  Duration: N/A, start: 999999999999999.9, bitrate: 1 kb/s")]
    [InlineData("  Duration: N/A, bitrate: 1 kb/s")]
    [InlineData("  Duration: 00:00:01.00, start: 0.000000, bitrate: 1 kb/s")]
    public async Task A_time_that_is_none_is_not_taken(string line) => Assert.Null((await ReadAsync(line)).Clock.FirstFrameUtc);

    private static async Task<(RunClock Clock, EncoderLog Log)> ReadAsync(string printed)
    {
        var clock = new RunClock(new ManualTime());
        var log = new EncoderLog(clock);
        await log.ReadAsync(new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes(printed))));
        return (clock, log);
    }
}
