using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Recorder.Tests.Capture;

/// <summary>Runs of a real encoder, played to the recorder as fast as it takes them, on a clock that the test moves.</summary>
public sealed class VideoSegmentsTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private FakeServer _server = null!;
    private OpenedSpool _spool = null!;
    private Recorder.Spool.SealedTrack _track = null!;
    private SessionClock _clock = null!;
    private Timeline _timeline = null!;
    private VideoSegments _video = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeServer.StartAsync();
        _spool = new(_server);
        _track = _spool.Track(TrackName.Video);
        _clock = new(_time);
        _timeline = new();
        _video = new(_track, _clock, _timeline);
    }

    public async ValueTask DisposeAsync()
    {
        _video.Dispose();
        _track.Dispose();
        _spool.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Segments_are_whole_fragments_of_at_most_five_seconds_cut_before_key_frames()
    {
        Run(await UnitsAsync(31));
        var segments = _track.Spooled!.Segments;
        Assert.Equal((0.0, 0.0, true), (segments[0].Start, segments[0].Duration, segments[0].Key));
        Assert.True(segments[1].Key);
        Assert.Equal([0.0, 29.0], segments.Skip(1).Where(segment => segment.Key).Select(segment => Math.Round(segment.Start, 1)));
        Assert.All(segments.Skip(1), segment => Assert.InRange(segment.Duration, 0.1, VideoSegments.LongestSegment));
        for (var index = 2; index < segments.Count; index++) { Assert.Equal(segments[index - 1].Start + segments[index - 1].Duration, segments[index].Start, 3); }
        Assert.Equal(310, (await EncodedPattern.FramesAsync(await AllAsync())).Count);
    }

    [Fact]
    public async Task A_second_run_lies_where_it_was_captured_and_the_pause_between_is_a_gap()
    {
        var units = await UnitsAsync(4);
        Run(units, stop: true);
        _timeline.Interrupt(_video.End, "paused-by-person");
        _time.Advance(60);
        Run(units, stop: true);

        var gap = Assert.Single(_timeline.Gaps);
        Assert.Equal(4.0, gap.Start, 1);
        Assert.Equal(60.0, gap.Duration, 1);
        var frames = await EncodedPattern.FramesAsync(await AllAsync());
        Assert.Equal(80, frames.Count);
        Assert.Equal(64.0, frames[40].Time, 1);
        Assert.True(frames[40].Key);
        Assert.Equal(67.9, frames[^1].Time, 1);
        Assert.Equal(_video.End, _track.Spooled!.Segments[^1].Start + _track.Spooled.Segments[^1].Duration, 2);
    }

    [Fact]
    public async Task A_stop_ends_the_last_frame_when_it_was_given()
    {
        Feed(await UnitsAsync(2), out var run);
        _time.Advance(0.7); // nothing changed on the screen since the last frame
        run.StopRequested();
        _video.EndRun(run.StoppedAt(_clock));
        Assert.Equal(2.7, _video.End, 2);
    }

    [Fact]
    public async Task What_was_captured_after_the_order_to_stop_is_dropped()
    {
        var units = await UnitsAsync(10);
        _video.BeginRun();
        var run = new RunClock(_time);
        _video.Accept(Unit(units[0]), run);
        _time.Advance(2);
        foreach (var unit in units.Skip(1).Take(4)) { Assert.Equal(Acceptance.InStep, _video.Accept(Unit(unit), run)); }
        run.StopRequested();
        var late = units.Skip(5).Select(unit => _video.Accept(Unit(unit), run)).ToList();
        Assert.Contains(Acceptance.AfterStop, late);
        _video.EndRun(run.StoppedAt(_clock));
        Assert.InRange(_video.End, 1.9, 3.2);
    }

    [Fact]
    public async Task An_initialization_that_differs_is_refused()
    {
        Run(await UnitsAsync(1));
        var other = await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(1, size: "640x360")));
        _video.BeginRun();
        var refused = Assert.Throws<InvalidDataException>(() => _video.Accept(Unit(other[0]), new RunClock(_time)));
        Assert.Contains("screen's size", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wall_clock_set_forward_does_not_stretch_the_recording()
    {
        var units = await UnitsAsync(2);
        var initialization = VideoInitialization.Read(units[0].Bytes);
        var jump = VideoFragment.WithDurations(units[2].Bytes, initialization); // as if the clock was set an hour forward during its last frame
        var fragment = VideoFragment.Read(jump, initialization);
        fragment.EndAt(jump, fragment.Time + 3600 * initialization.Timescale);

        _video.BeginRun();
        var run = new RunClock(_time);
        _time.Advance(1);
        _video.Accept(Unit(units[0]), run);
        Assert.Equal(Acceptance.InStep, _video.Accept(Unit(units[1]), run));
        _time.Advance(1);
        Assert.Equal(Acceptance.OutOfStep, _video.Accept(new Mp4Unit(jump, false), run));
        Assert.InRange(_video.End, 0.5, _clock.Now);
    }

    [Fact]
    public async Task The_first_frame_is_zero_where_the_encoder_says_it_was()
    {
        var units = await UnitsAsync(1);
        _video.BeginRun();
        var run = new RunClock(_time) { FirstFrameUtc = _time.GetUtcNow().AddSeconds(0.25) };
        _time.Advance(1.5);
        foreach (var unit in units) { _video.Accept(Unit(unit), run); }
        Assert.Equal(1.25, _clock.Now, 3);
        Assert.Equal(_time.GetUtcNow().AddSeconds(-1.25), _clock.StartedAt);
    }

    [Theory]
    [InlineData(-5)] // before ffmpeg was started
    [InlineData(100)] // in the future
    public async Task A_first_frame_at_an_impossible_time_is_placed_by_its_arrival(double said)
    {
        var units = await UnitsAsync(1);
        _video.BeginRun();
        var run = new RunClock(_time) { FirstFrameUtc = _time.GetUtcNow().AddSeconds(said) };
        _time.Advance(1.5);
        foreach (var unit in units.Take(2)) { _video.Accept(Unit(unit), run); }
        Assert.InRange(_clock.Now, 0.3, 1.5);
    }

    private static async Task<List<(byte[] Bytes, bool IsInitialization)>> UnitsAsync(double seconds) =>
        await EncodedPattern.UnitsAsync(new MemoryStream(await EncodedPattern.EncodeAsync(seconds)));

    private static Mp4Unit Unit((byte[] Bytes, bool IsInitialization) unit) => new(unit.Bytes.ToArray(), unit.IsInitialization);

    private void Run(List<(byte[] Bytes, bool IsInitialization)> units, bool stop = false)
    {
        Feed(units, out var run);
        if (stop) { run.StopRequested(); }
        _video.EndRun(run.StoppedAt(_clock));
    }

    private void Feed(List<(byte[] Bytes, bool IsInitialization)> units, out RunClock run)
    {
        _video.BeginRun();
        run = new RunClock(_time) { FirstFrameUtc = _time.GetUtcNow() };
        var initialization = VideoInitialization.Read(units[0].Bytes);
        foreach (var unit in units)
        {
            if (!unit.IsInitialization) { _time.Advance(VideoFragment.Read(unit.Bytes, initialization).Duration / (double)initialization.Timescale); }
            Assert.Equal(Acceptance.InStep, _video.Accept(Unit(unit), run));
        }
    }

    private async Task<byte[]> AllAsync()
    {
        List<byte> all = [];
        foreach (var segment in _track.Spooled!.Segments) { all.AddRange(await _spool.OpenAsync(TrackName.Video, segment.Index)); }
        return [.. all];
    }
}
