using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>Which stretches were not recorded, and why. Seconds on the session's clock. Safe for concurrent use.</summary>
internal sealed class Timeline
{
    private const double Shortest = 0.001; // the format's resolution

    private readonly Lock _gate = new();
    private readonly List<Gap> _closed = [];
    private (double Start, string Reason)? _open;

    /// <summary>Called with every gap that has an end.</summary>
    public Action<Gap>? Closed { get; init; }

    /// <summary>Every gap that has an end.</summary>
    public IReadOnlyList<Gap> Gaps { get { lock (_gate) { return [.. _closed]; } } }

    /// <summary>Nothing is recorded from <paramref name="at"/> on. Inside a gap for another reason, that one ends there.</summary>
    /// <param name="reason">One of <see cref="GapReason"/>.</param>
    public void Interrupt(double at, string reason)
    {
        lock (_gate)
        {
            if (_open is { } open && open.Reason == reason) { return; }
            Close(at);
            _open = (Math.Max(at, _closed.Count == 0 ? 0 : _closed[^1].Start + _closed[^1].Duration), reason);
        }
    }

    /// <summary>Recording goes on from <paramref name="at"/>, or the session ends there.</summary>
    public void Resume(double at) { lock (_gate) { Close(at); } }

    private void Close(double at)
    {
        if (_open is not { } open) { return; }
        _open = null;
        if (at - open.Start < Shortest) { return; }

        var gap = new Gap(Math.Round(open.Start, 3), Math.Round(at - open.Start, 3), open.Reason);
        _closed.Add(gap);
        Closed?.Invoke(gap);
    }
}
