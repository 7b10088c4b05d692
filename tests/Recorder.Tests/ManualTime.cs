namespace SecureRecorder.Recorder.Tests;

/// <summary>Clocks that stand until a test moves them: the monotonic one, and the wall clock, which can be set.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = 1_000_000;
    private DateTimeOffset _utc = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => _utc;

    public void Advance(double seconds)
    {
        Interlocked.Add(ref _ticks, (long)(seconds * TimeSpan.TicksPerSecond));
        _utc = _utc.AddSeconds(seconds);
    }
}
