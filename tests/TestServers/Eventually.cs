namespace SecureRecorder.TestServers;

/// <summary>Tests wait for conditions, not for times.</summary>
public static class Eventually
{
    /// <summary>How long a test waits for what must come: a busy machine may take long, and who waits in vain is told after that.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <param name="what">What must come to be true.</param>
    /// <exception cref="TimeoutException">It did not.</exception>
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string)"/>
    public static Task TrueAsync(Func<Task<bool>> condition, string what) => CompleteAsync(async () => await condition() ? null : what);

    /// <summary>Waits until nothing is missing.</summary>
    /// <param name="missing">What is missing, or null.</param>
    /// <param name="every">How often it is asked, in milliseconds.</param>
    /// <exception cref="TimeoutException">Something is missing still.</exception>
    public static async Task CompleteAsync(Func<Task<string?>> missing, int every = 50)
    {
        for (var began = TimeProvider.System.GetTimestamp(); await missing() is { } still; await Task.Delay(every))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit) { throw new TimeoutException($"Not within {Limit}: {still}"); }
        }
    }
}
