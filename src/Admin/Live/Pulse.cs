namespace SecureRecorder.Admin.Live;

/// <summary>How streams wait: for a change, or for the moment at which they say something anyway.</summary>
internal static class Pulse
{
    /// <summary>Completes when something changed, after this long, or when it is cancelled; it never fails, and leaves no timer behind.</summary>
    /// <returns>Whether something changed.</returns>
    public static Task<bool> OrAfterAsync(this Task changed, TimeSpan longest, TimeProvider clock, CancellationToken cancellation) => changed.OrAfterAsync(changed, longest, clock, cancellation);

    /// <summary>The same with two things that may change.</summary>
    public static async Task<bool> OrAfterAsync(this Task changed, Task other, TimeSpan longest, TimeProvider clock, CancellationToken cancellation)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = await Task.WhenAny(changed, other, Task.Delay(longest, clock, pause.Token));
        await pause.CancelAsync();
        return first == changed || first == other;
    }
}
