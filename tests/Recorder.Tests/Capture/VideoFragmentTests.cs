using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class VideoFragmentTests
{
    [Fact]
    public async Task Times_durations_and_key_frames_are_those_that_ffprobe_finds()
    {
        var encoded = await EncodedPattern.EncodeAsync(31);
        var frames = await EncodedPattern.FramesAsync(encoded);
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(encoded));
        var initialization = VideoInitialization.Read(units[0].Bytes);
        Assert.StartsWith("video/mp4; codecs=\"avc1.64", initialization.MediaType, StringComparison.Ordinal);

        var end = 0.0;
        foreach (var (bytes, _) in units.Skip(1))
        {
            var fragment = VideoFragment.Read(bytes, initialization);
            var start = fragment.Time / (double)initialization.Timescale;
            Assert.Equal(end, start, 3);
            var first = frames.First(frame => Math.Abs(frame.Time - start) < 0.001);
            Assert.Equal(first.Key, fragment.BeginsWithKeyFrame);
            end = (fragment.Time + fragment.Duration) / (double)initialization.Timescale;
        }

        Assert.Equal(31.0, end, 1);
        Assert.Equal([0.0, 29.0], frames.Where(frame => frame.Key).Select(frame => Math.Round(frame.Time, 1)));
    }

    [Fact]
    public async Task A_still_screen_has_a_frame_a_second_and_true_durations()
    {
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(6, source: "color=c=gray:s=320x180:r=10:d=6")));
        var initialization = VideoInitialization.Read(units[0].Bytes);
        var durations = units.Skip(1).Select(unit => VideoFragment.Read(unit.Bytes, initialization).Duration / (double)initialization.Timescale).ToList();
        Assert.All(durations.SkipLast(1), duration => Assert.Equal(1.0, duration, 2));
    }

    [Fact]
    public async Task Moved_fragments_play_at_their_new_times()
    {
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(2)));
        var initialization = VideoInitialization.Read(units[0].Bytes);
        var sequence = 0u;
        foreach (var (bytes, _) in units.Skip(1))
        {
            var fragment = VideoFragment.Read(bytes, initialization);
            fragment.MoveTo(bytes, fragment.Time + 3600 * initialization.Timescale, ++sequence);
        }

        var frames = await EncodedPattern.FramesAsync([.. units.SelectMany(unit => unit.Bytes)]);
        Assert.Equal(3600.0, frames[0].Time, 3);
        Assert.Equal(3601.9, frames[^1].Time, 3);
    }

    [Fact]
    public async Task The_last_frame_can_be_made_to_last_and_nothing_else_changes()
    {
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(1)));
        var initialization = VideoInitialization.Read(units[0].Bytes);
        foreach (var (bytes, _) in units.Skip(1))
        {
            var before = VideoFragment.Read(bytes, initialization);
            var open = VideoFragment.WithDurations(bytes, initialization);
            var fragment = VideoFragment.Read(open, initialization);
            Assert.Equal((before.Time, before.Duration, before.BeginsWithKeyFrame), (fragment.Time, fragment.Duration, fragment.BeginsWithKeyFrame));
            var longer = fragment.EndAt(open, fragment.Time + fragment.Duration + 5000);
            Assert.Equal(fragment.Duration + 5000, longer.Duration);
            Assert.Equal(longer, VideoFragment.Read(open, initialization));
            Assert.InRange(longer.EndAt(open, fragment.Time - 1).Duration, 1, fragment.Duration); // no sample ends before it begins
            longer.EndAt(open, fragment.Time + fragment.Duration);
            var frames = await EncodedPattern.FramesAsync([.. units[0].Bytes, .. bytes]);
            Assert.Equal(frames, await EncodedPattern.FramesAsync([.. units[0].Bytes, .. open]));
        }
    }

    [Fact]
    public async Task A_fragment_cut_anywhere_is_refused()
    {
        var units = await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(1)));
        var initialization = VideoInitialization.Read(units[0].Bytes);
        var moof = units[1].Bytes;
        for (var length = 0; length < 100; length++)
        {
            Assert.Throws<InvalidDataException>(() => VideoFragment.Read(moof.AsSpan(0, length), initialization));
            Assert.Throws<InvalidDataException>(() => VideoInitialization.Read(units[0].Bytes.AsSpan(0, length)));
        }
    }
}
