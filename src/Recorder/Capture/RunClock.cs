using SecureRecorder.Recorder.Session;

namespace SecureRecorder.Recorder.Capture;

/// <summary>When one run of the encoder began, and was told to stop, on the monotonic clock.</summary>
internal sealed class RunClock(TimeProvider time)
{
    private readonly long _spawnedAt = time.GetTimestamp();
    private readonly DateTimeOffset _spawnedAtUtc = time.GetUtcNow();
    private long? _stopRequestedAt;

    /// <summary>UTC of the first frame as the encoder prints it (its clock is the wall clock); <see langword="null"/>: not (yet) printed.</summary>
    public DateTimeOffset? FirstFrameUtc { get; set; }

    public bool IsStopping => Volatile.Read(ref _stopping);

    private bool _stopping;

    /// <summary>Seconds that the run has lasted.</summary>
    public TimeSpan Age => time.GetElapsedTime(_spawnedAt);

    public void StopRequested()
    {
        _stopRequestedAt ??= time.GetTimestamp();
        Volatile.Write(ref _stopping, true);
    }

    /// <summary>The session's second at which the run was told to stop; <see langword="null"/>: it was not.</summary>
    public double? StoppedAt(SessionClock session) => IsStopping ? session.At(_stopRequestedAt!.Value) : null;

    /// <summary>
    /// The timestamp of the first frame: what the encoder says, if it can be true (after the start, before the fragment
    /// that has it arrived); else as long before that fragment's arrival as the fragment lasts.
    /// </summary>
    public long FirstFrameTimestamp(double fragmentSeconds)
    {
        var now = time.GetTimestamp();
        if (FirstFrameUtc is { } utc)
        {
            var said = _spawnedAt + (long)((utc - _spawnedAtUtc).TotalSeconds * time.TimestampFrequency);
            if (said >= _spawnedAt && said <= now) { return said; }
        }

        return Math.Max(_spawnedAt, now - (long)(fragmentSeconds * time.TimestampFrequency));
    }
}
