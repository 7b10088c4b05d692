namespace SecureRecorder.Admin.Tests;

/// <summary>The real clock, which a test can set ahead: timers go on by themselves, and what is measured jumps.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _aheadInTicks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _aheadInTicks));

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Volatile.Read(ref _aheadInTicks) / (double)TimeSpan.TicksPerSecond * TimestampFrequency);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _aheadInTicks, by.Ticks);
}
