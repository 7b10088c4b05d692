using System.Security.Cryptography;

namespace SecureRecorder.Recorder.Upload;

/// <summary>
/// Exponential back-off with jitter, shared by everybody who talks to one peer (the server, or the store): the first answer
/// of any of them ends the waits of all. Safe for concurrent use.
/// </summary>
/// <param name="report">Told once when the outage begins (with the reason), and once when it is over (<see langword="null"/>).</param>
/// <param name="longest">The longest wait; default 15 s.</param>
internal sealed class Outage(TimeProvider time, Action<string?> report, TimeSpan? longest = null)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private readonly TimeSpan _longest = longest ?? TimeSpan.FromSeconds(15);
    private const int ReportedAfter = 2; // failures in a row: a single one is noise

    private readonly Lock _gate = new();
    private int _failures;
    private TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Failures since the last answer.</summary>
    public int Failures { get { lock (_gate) { return _failures; } } }

    /// <summary>The peer answered.</summary>
    public void Over()
    {
        lock (_gate)
        {
            if (_failures == 0) { return; }
            if (_failures >= ReportedAfter) { report(null); }
            _failures = 0;
            Wake();
        }
    }

    /// <summary>Ends all waits now, whatever the peer does: somebody waits for the end.</summary>
    public void Hurry() { lock (_gate) { Wake(); } }

    /// <summary>The peer failed: waits, the longer the more often it did.</summary>
    public async Task WaitAsync(string reason, CancellationToken cancellation)
    {
        Task over;
        TimeSpan wait;
        lock (_gate)
        {
            if (++_failures == ReportedAfter) { report(reason); }
            var grown = First * Math.Pow(2, Math.Min(_failures - 1, 10));
            wait = (grown < _longest ? grown : _longest) * (RandomNumberGenerator.GetInt32(500, 1000) / 1000.0);
            over = _over.Task;
        }

        try { await over.WaitAsync(wait, time, cancellation); }
        catch (TimeoutException) { } // the wait is over, the outage perhaps not
    }

    private void Wake()
    {
        _over.TrySetResult();
        _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
