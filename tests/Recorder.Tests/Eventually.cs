namespace SecureRecorder.Recorder.Tests;

/// <summary>Tests wait for conditions, not for times.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        for (var since = Environment.TickCount64; !await condition(); await Task.Delay(20))
        {
            if (Environment.TickCount64 - since > Limit.TotalMilliseconds) { throw new TimeoutException($"Not within {Limit}: {what}."); }
        }
    }
}
