using System.Globalization;
using SecureRecorder.Admin.Layout;

namespace SecureRecorder.Admin.Recovery;

/// <summary>How far a recovery is, for who waits for it: on a terminal one line that changes, elsewhere a line for each session that is done.</summary>
/// <param name="isTerminal">Whether lines can be written over.</param>
internal sealed class RecoveryProgress(TextWriter output, bool isTerminal, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly long _begun = clock.GetTimestamp();
    private long _shown;
    private long _read;
    private int _done;
    private int _open;

    /// <summary>A session is open until what this returns is disposed.</summary>
    public IDisposable Begin()
    {
        Interlocked.Increment(ref _open);
        return new Open(this);
    }

    /// <param name="bytes">Of a sealed segment.</param>
    public void Read(long bytes)
    {
        Interlocked.Add(ref _read, bytes);
        if (!isTerminal) { return; }

        lock (_gate)
        {
            if (clock.GetElapsedTime(_shown) < Pause) { return; }

            _shown = clock.GetTimestamp();
            output.Write($"\r\e[K{Now()}");
        }
    }

    /// <param name="words">What became of it.</param>
    public void Done(Guid session, string words)
    {
        lock (_gate) { output.WriteLine($"{(isTerminal ? "\r\e[K" : "")}[{++_done}] {session}  {words}"); }
    }

    public void Close()
    {
        lock (_gate) { output.WriteLine($"{(isTerminal ? "\r\e[K" : "")}{Now()}"); }
    }

    private string Now()
    {
        var (seconds, read) = (clock.GetElapsedTime(_begun).TotalSeconds, Interlocked.Read(ref _read));
        return string.Create(CultureInfo.InvariantCulture, $"{_done} done, {_open} open, {Words.Size(read)} read, {read / Math.Max(seconds, 0.001) / 1e6:0.0} MB/s");
    }

    private sealed class Open(RecoveryProgress owner) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref owner._open);
    }
}
