using System.Threading.Channels;

namespace SecureRecorder.Recorder.Session;

/// <summary>Wakes one waiter; set while nobody waits, it wakes the next. Several sets before a wait count as one.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Waits until it is set, at most this long (<see cref="Timeout.InfiniteTimeSpan"/>: for ever).</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellation)
    {
        if (_set.Reader.TryRead(out _)) { return; }

        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try { await _set.Reader.ReadAsync(either.Token); }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { } // time is up
    }
}
