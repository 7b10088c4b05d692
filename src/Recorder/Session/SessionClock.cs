namespace SecureRecorder.Recorder.Session;

/// <summary>The session's clock: seconds since the first captured frame, by the monotonic clock, so that a wall clock that is set changes nothing.</summary>
internal sealed class SessionClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _zero;

    /// <summary>UTC of the first captured frame; <see langword="null"/> before it.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>Seconds since the first captured frame; 0 before it.</summary>
    public double Now => At(time.GetTimestamp());

    /// <summary>The session's second of a timestamp of the monotonic clock.</summary>
    public double At(long timestamp) => StartedAt is null ? 0 : (timestamp - _zero) / (double)time.TimestampFrequency;

    /// <summary>UTC at a second of the session.</summary>
    public DateTimeOffset Utc(double seconds) => StartedAt!.Value.AddSeconds(seconds);

    /// <summary>The first frame was captured at this timestamp: that is zero. Later calls change nothing.</summary>
    public void StartAt(long timestamp)
    {
        lock (_gate)
        {
            if (StartedAt is not null) { return; }
            _zero = timestamp;
            StartedAt = time.GetUtcNow() - time.GetElapsedTime(timestamp);
        }
    }
}
