using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>What is known of one track: its segments, which of them are in the bucket, which the server acknowledged. Guarded by its <see cref="SessionSpool"/>.</summary>
internal sealed class TrackSpool(string name, string mediaType, DateTimeOffset startedAt, string folder)
{
    private readonly List<ManifestSegment> _segments = [];
    private readonly Dictionary<long, string> _checkpoints = [];
    private readonly HashSet<long> _storedAhead = [];

    public string Name => name;
    public string MediaType => mediaType;
    public DateTimeOffset StartedAt => startedAt;
    public string Folder => folder;

    /// <summary>Every segment sealed so far, in order.</summary>
    public IReadOnlyList<ManifestSegment> Segments => _segments;

    /// <summary>How many segments from the first on are in the bucket, without a hole.</summary>
    public long Stored { get; private set; }

    /// <summary>How many segments the server acknowledged.</summary>
    public long Committed { get; private set; }

    /// <summary>Whether <c>key.json</c> is in the bucket.</summary>
    public bool KeyStored { get; set; }

    /// <summary>Whether the writer signed a manifest.</summary>
    public bool HasManifest { get; set; }

    /// <summary>Timestamp since when a stored segment waits for its commit.</summary>
    public long WaitsSince { get; private set; }

    public void Add(ManifestSegment entry, string checkpoint)
    {
        _segments.Add(entry);
        _checkpoints[entry.Index] = checkpoint;
    }

    public void MarkStored(long index, long now)
    {
        if (index < Stored || index >= _segments.Count) { return; } // known, or discarded meanwhile
        if (Stored == Committed) { WaitsSince = now; }
        _storedAhead.Add(index);
        while (_storedAhead.Remove(Stored)) { Stored++; }
    }

    /// <summary>How many of the session's gaps the server knows.</summary>
    public int CommittedGaps { get; private set; }

    public void MarkCommitted(long count, int gaps, long now)
    {
        CommittedGaps = gaps;
        for (var index = Committed; index < count - 1; index++) { _checkpoints.Remove(index); } // the last one stays: it can be asked for again
        Committed = Math.Max(Committed, count);
        Stored = Math.Max(Stored, Committed);
        WaitsSince = now;
    }

    /// <summary>The writer's signature over the chain up to and with this segment.</summary>
    public string CheckpointOf(long index) => _checkpoints[index];

    /// <summary>Forgets every segment from this one on.</summary>
    public void DiscardFrom(long index)
    {
        _segments.RemoveRange((int)index, _segments.Count - (int)index);
        _storedAhead.Clear();
    }
}
