namespace SecureRecorder.Admin.Exports;

/// <summary>How far an export is: bytes of its tracks, each read once to be checked and once to be written.</summary>
/// <param name="total">Sealed bytes of all its tracks.</param>
internal sealed class ExportProgress(long total)
{
    private long _done;

    /// <summary>0 to 99: the last one is the manifest.</summary>
    public int Percent => (int)Math.Min(99, Interlocked.Read(ref _done) * 100 / Math.Max(1, total * 2));

    public void Add(long bytes) => Interlocked.Add(ref _done, bytes);
}
