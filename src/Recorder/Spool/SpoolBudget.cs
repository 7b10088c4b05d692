namespace SecureRecorder.Recorder.Spool;

/// <summary>How many bytes may wait on the disk. Above the limit capture pauses; it goes on when enough was stored.</summary>
/// <param name="limit">Bytes, at least <see cref="Smallest"/>.</param>
internal sealed class SpoolBudget(long limit)
{
    /// <summary>Bytes: room for some segments.</summary>
    public const long Smallest = 1 << 20;

    /// <summary>Bytes.</summary>
    public const long Default = 2L << 30;

    private const double ResumeBelow = 0.8;

    private long _used;
    private bool _full;

    /// <summary>Bytes.</summary>
    public long Limit => limit;

    /// <summary>Bytes that wait.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Called when the spool became full, or has room again.</summary>
    public Action? Changed { get; set; }

    /// <summary>Whether capture must wait.</summary>
    public bool IsFull => Volatile.Read(ref _full);

    public void Add(long bytes)
    {
        var used = Interlocked.Add(ref _used, bytes);
        var full = IsFull ? used > limit * ResumeBelow : used > limit;
        if (full == IsFull) { return; }
        Volatile.Write(ref _full, full);
        Changed?.Invoke();
    }
}
