using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Capture;

/// <summary>One run of the encoder: from its start to its end, everything it delivers is sealed.</summary>
internal sealed class CaptureRun
{
    private readonly FfmpegProcess _ffmpeg;
    private readonly ThumbnailInlet _inlet;
    private readonly VideoSegments _video;
    private readonly SessionClock _session;
    private readonly RunClock _clock;
    private readonly EncoderLog _log;
    private readonly TimeProvider _time;

    private CaptureRun(FfmpegProcess ffmpeg, ThumbnailInlet inlet, VideoSegments video, SessionClock session, RunClock clock, TimeProvider time)
    {
        (_ffmpeg, _inlet, _video, _session, _clock, _time) = (ffmpeg, inlet, video, session, clock, time);
        _log = new(clock);
    }

    /// <summary>The process id of ffmpeg.</summary>
    public int ProcessId => _ffmpeg.Id;

    /// <summary>Completes when ffmpeg has ended and all that it delivered is sealed. Never fails.</summary>
    public Task<CaptureEnd> Completion { get; private set; } = null!;

    /// <exception cref="CannotCaptureException">ffmpeg cannot be started.</exception>
    public static async Task<CaptureRun> StartAsync(
        Ffmpeg ffmpeg, CaptureInput input, int framesPerSecond, VideoSegments video, SealedTrack thumbnails, SessionClock session, TimeProvider time)
    {
        var inlet = new ThumbnailInlet();
        try
        {
            var clock = new RunClock(time);
            var process = await FfmpegProcess.StartAsync(ffmpeg.StartInfo(FfmpegArguments.Build(input, framesPerSecond, inlet.Address, OperatingSystem.IsWindows())));
            var run = new CaptureRun(process, inlet, video, session, clock, time);
            run.Completion = Task.Run(() => run.ReadAsync(thumbnails));
            return run;
        }
        catch
        {
            inlet.Dispose();
            throw;
        }
    }

    /// <summary>Stops it: what is captured from now on is dropped.</summary>
    public void Stop()
    {
        if (_clock.IsStopping || Completion.IsCompleted) { return; }
        _clock.StopRequested();
        _ffmpeg.Stop();
    }

    private async Task<CaptureEnd> ReadAsync(SealedTrack thumbnails)
    {
        using var reader = new FragmentReader(_ffmpeg.Output);
        using var over = new CancellationTokenSource();
        var log = _log.ReadAsync(_ffmpeg.Errors);
        var images = _inlet.ReceiveAsync(thumbnails, _session, _clock, over.Token);
        var outOfStep = false;
        string? fault = null;
        _video.BeginRun();
        try
        {
            while (await NextAsync(reader) is { } unit)
            {
                if (_video.Accept(unit, _clock) == Acceptance.OutOfStep)
                {
                    outOfStep = true;
                    Stop();
                }
            }
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            fault = wrong.Message;
            await _ffmpeg.DisposeAsync();
        }

        _video.EndRun(fault is null ? _clock.StoppedAt(_session) : null);
        var code = fault is null ? await _ffmpeg.ExitCodeAsync() : 0;
        await log;
        await over.CancelAsync();
        try { await images; }
        catch (InvalidDataException wrong) { fault ??= wrong.Message; }

        _inlet.Dispose();
        if (fault is null) { await _ffmpeg.DisposeAsync(); }
        return new(_clock.StoppedAt(_session), outOfStep, fault, $"ffmpeg ended with {code}: {_log.LastLines}");
    }

    /// <summary>The next unit. While an encoder that hangs keeps the rest of a segment from coming, what is there of it is sealed as it is.</summary>
    private async Task<Mp4Unit?> NextAsync(FragmentReader reader)
    {
        var next = reader.ReadAsync(CancellationToken.None).AsTask();
        if (!_video.HasPending) { return await next; }

        try
        {
            return await next.WaitAsync(TimeSpan.FromSeconds(VideoSegments.LongestSegment), _time);
        }
        catch (TimeoutException)
        {
            _video.Cut();
            return await next;
        }
    }
}

/// <summary>How a run ended.</summary>
/// <param name="StoppedAt">The session's second of the order to stop; <see langword="null"/>: it died.</param>
/// <param name="OutOfStep">It was stopped because its times and the monotonic clock disagreed: begin again.</param>
/// <param name="Fault">It delivered what no recording can hold: begin no more.</param>
/// <param name="Detail">ffmpeg's exit code and last lines.</param>
internal sealed record CaptureEnd(double? StoppedAt, bool OutOfStep, string? Fault, string Detail);
