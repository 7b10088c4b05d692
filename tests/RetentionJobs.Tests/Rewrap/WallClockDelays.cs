namespace SecureRecorder.RetentionJobs.Tests.Rewrap;

/// <summary>The time of the test, with delays that pass by themselves.</summary>
internal sealed class WallClockDelays(TimeProvider inner) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();
}
