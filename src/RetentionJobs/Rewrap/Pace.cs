namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>Lets so many through in a second, evenly.</summary>
internal sealed class Pace(int perSecond, TimeProvider clock)
{
    private readonly TimeSpan _step = TimeSpan.FromSeconds(1) / perSecond;
    private readonly Lock _lock = new();
    private DateTimeOffset _next;

    public Task WaitAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_next < now) { _next = now; }
            wait = _next - now;
            _next += _step;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellation) : Task.CompletedTask;
    }
}
