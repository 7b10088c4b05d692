namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>Lets so many through in a second, evenly: one after the other, each so long after the one before was let through. Who comes late makes nobody else come sooner.</summary>
internal sealed class Pace(int perSecond, TimeProvider clock)
{
    private readonly TimeSpan _step = TimeSpan.FromSeconds(1) / perSecond;
    private readonly Lock _lock = new();
    private Task _before = Task.CompletedTask;
    private DateTimeOffset _last;

    public Task WaitAsync(CancellationToken cancellation)
    {
        lock (_lock) { return _before = AfterAsync(_before, cancellation); }
    }

    private async Task AfterAsync(Task before, CancellationToken cancellation)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // who gave up was not let through
        var wait = _last + _step - clock.GetUtcNow();
        if (wait > TimeSpan.Zero) { await Task.Delay(wait, clock, cancellation); }
        _last = clock.GetUtcNow();
    }
}
