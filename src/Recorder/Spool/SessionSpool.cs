using System.Threading.Channels;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>
/// What of one session is not yet acknowledged, in a folder of its own: sealed segments, the journal, the recorder's token
/// (0600). It outlives the recorder: <see cref="TryReopen"/> finds what a killed one left. Safe for concurrent use.
/// </summary>
/// <remarks>Order of writing: a segment's file, then its journal line; of removing: the acknowledgement's journal line, then, in its own time, the file.</remarks>
internal sealed partial class SessionSpool : IDisposable
{
    private const string TokenFile = "token";

    private readonly Lock _gate = new();
    private readonly Journal _journal;
    private readonly SpoolBudget _budget;
    private readonly Channel<SpooledObject> _queue = Channel.CreateUnbounded<SpooledObject>();
    private readonly Channel<string> _files = Channel.CreateUnbounded<string>(new() { SingleReader = true }); // to remove: on some disks slower than an upload
    private readonly CancellationTokenSource _discarding = new();
    private readonly Dictionary<string, TrackSpool> _tracks = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Track, string Name), SpooledObject> _waiting = [];
    private readonly List<Gap> _gaps = [];

    private SessionSpool(string folder, JournalSession session, string token, Journal journal, SpoolBudget budget)
    {
        (Folder, Id, Server, Region, Token, _journal, _budget) = (folder, session.Id, session.Server, session.Region, token, journal, budget);
        _ = RemoveFilesAsync();
    }

    public string Folder { get; }
    public Guid Id { get; }
    public Uri Server { get; }
    public string Region { get; }
    public string Token { get; }

    /// <summary>What the disk said when it refused a file; such files wait in memory. <see langword="null"/>: all is well.</summary>
    public string? DiskFault { get; private set; }

    /// <summary>Called when <see cref="DiskFault"/> came or went.</summary>
    public Action? DiskFaultChanged { get; set; }

    /// <summary>How the session ended, as far as it did: one of <see cref="TrackEnd"/>.</summary>
    public string? End { get; private set; }

    /// <summary>Objects to put, in order.</summary>
    public ChannelReader<SpooledObject> Queue => _queue.Reader;

    /// <summary>Called after every change that a waiting committer wants to know.</summary>
    public Action? Changed { get; set; }

    /// <summary>Cancelled when segments are discarded.</summary>
    public CancellationToken Discarding => _discarding.Token;

    public IReadOnlyList<TrackSpool> Tracks { get { lock (_gate) { return [.. _tracks.Values]; } } }
    public IReadOnlyList<Gap> Gaps { get { lock (_gate) { return [.. _gaps]; } } }

    /// <summary>Objects that wait to be put or acknowledged, and their bytes.</summary>
    public (int Objects, long Bytes) Waiting { get { lock (_gate) { return (_waiting.Count, _waiting.Values.Sum(waiting => waiting.Size)); } } }

    /// <summary>Creates the folder of a session that was just joined.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static SessionSpool Create(string root, JoinAnswer joined, Uri server, SpoolBudget budget)
    {
        var folder = Path.Combine(root, joined.Session.ToString("D"));
        var beginning = Path.Combine(root, $"new-{joined.Session:D}"); // by its own name only when it is locked and says what it is
        OwnerOnlyFiles.CreateFolder(beginning);
        OwnerOnlyFile.Create(Path.Combine(beginning, TokenFile), joined.Token);
        var journal = Journal.Open(beginning);
        var session = new JournalSession(joined.Session, server, joined.Region);
        journal.Append(new() { Session = session });
        Directory.Move(beginning, folder);
        return new(folder, session, joined.Token, journal, budget);
    }

    /// <summary>A track begins: its wrapped key is the first object to put.</summary>
    public TrackSpool BeginTrack(string name, string mediaType, DateTimeOffset startedAt, ReadOnlyMemory<byte> keyFile)
    {
        lock (_gate)
        {
            var track = new TrackSpool(name, mediaType, startedAt, Path.Combine(Folder, name));
            Guard(() => OwnerOnlyFiles.CreateFolder(track.Folder));
            Store(track, TrackObjects.KeyFile, keyFile);
            Write(new() { Track = new(name, mediaType, startedAt) });
            _tracks.Add(name, track);
            return track;
        }
    }

    public void Add(TrackSpool track, SealedSegment segment)
    {
        lock (_gate)
        {
            track.Add(segment.Entry, segment.Checkpoint);
            Store(track, segment.Name, segment.Content);
            Write(new() { Segment = new(track.Name, segment.Entry, segment.Checkpoint) });
        }
    }

    public void Add(Gap gap)
    {
        lock (_gate)
        {
            _gaps.Add(gap);
            Write(new() { Gap = gap });
        }
    }

    /// <summary>The writer's signed manifest: nothing follows in this track.</summary>
    public void AddManifest(TrackSpool track, ReadOnlyMemory<byte> manifest)
    {
        lock (_gate)
        {
            Store(track, TrackObjects.Manifest, manifest);
            track.HasManifest = true;
        }
    }

    /// <summary>Nothing more will be captured.</summary>
    public void Complete(string end)
    {
        lock (_gate)
        {
            if (End is null)
            {
                End = end;
                Write(new() { End = end });
            }

            _queue.Writer.TryComplete();
        }

        Changed?.Invoke();
    }

    /// <summary>The object is in the bucket.</summary>
    public void MarkStored(SpooledObject stored, long now)
    {
        lock (_gate)
        {
            if (stored.Index >= 0)
            {
                stored.Track.MarkStored(stored.Index, now);
            }
            else
            {
                stored.Track.KeyStored |= stored.Name == TrackObjects.KeyFile;
                Remove(stored.Track.Name, stored.Name);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>The server acknowledged this many segments: their files can go.</summary>
    public void MarkCommitted(TrackSpool track, long count, int gaps, long now)
    {
        lock (_gate)
        {
            var before = track.Committed;
            track.MarkCommitted(count, gaps, now);
            if (count > before) { Write(new() { Committed = new(track.Name, count) }); }
            for (var index = before; index < count; index++) { Remove(track.Name, TrackObjects.SegmentName(index)); }
        }
    }

    /// <summary>What a commit of these segments says of them: their entries and the checkpoint after the last.</summary>
    public (IReadOnlyList<ManifestSegment> Segments, string Checkpoint) BatchOf(TrackSpool track, long first, long end)
    {
        lock (_gate) { return (track.Segments.Skip((int)first).Take((int)(end - first)).ToList(), track.CheckpointOf(end - 1)); }
    }

    /// <summary>The object of a segment that is not acknowledged yet.</summary>
    public SpooledObject? Find(TrackSpool track, long index)
    {
        lock (_gate) { return _waiting.GetValueOrDefault((track.Name, TrackObjects.SegmentName(index))); }
    }

    /// <summary>Whether the object still waits: it was neither acknowledged nor discarded.</summary>
    public bool Wants(SpooledObject waiting) { lock (_gate) { return _waiting.ContainsKey((waiting.Track.Name, waiting.Name)); } }

    /// <summary>Throws away what is not in the bucket yet, for a person who withdrew. PUTs of segments that are under way are cut by <see cref="Discarding"/>.</summary>
    public void DiscardNotStored()
    {
        lock (_gate)
        {
            foreach (var track in _tracks.Values)
            {
                for (var index = track.Stored; index < track.Segments.Count; index++) { Remove(track.Name, TrackObjects.SegmentName(index)); }
                track.DiscardFrom(track.Stored);
            }
        }

        _discarding.Cancel();
    }

    /// <summary>Closes the journal and removes the folder: all of it was acknowledged, or nothing of it can be.</summary>
    public void Delete()
    {
        lock (_gate) { foreach (var (track, name) in _waiting.Keys.ToList()) { Remove(track, name); } }
        Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public void Dispose()
    {
        _files.Writer.TryComplete();
        _journal.Dispose();
        _discarding.Dispose();
    }

    private void Store(TrackSpool track, string name, ReadOnlyMemory<byte> content)
    {
        var path = Path.Combine(track.Folder, name);
        var onDisk = Guard(() => OwnerOnlyFiles.Write(path, content.Span));
        Wait(new(track, name, path, content.Length, onDisk ? null : content.ToArray()));
    }

    private void Wait(SpooledObject waiting)
    {
        _waiting.Add((waiting.Track.Name, waiting.Name), waiting);
        _budget.Add(waiting.Size);
        _queue.Writer.TryWrite(waiting);
    }

    private void Remove(string track, string name)
    {
        if (!_waiting.Remove((track, name), out var done)) { return; }
        _budget.Add(-done.Size);
        if (done.Content is null) { _files.Writer.TryWrite(done.Path); }
        if (DiskFault is not null && _waiting.Values.All(waiting => waiting.Content is null))
        {
            DiskFault = null; // worth another try
            DiskFaultChanged?.Invoke();
        }
    }

    /// <summary>Removes files that nobody needs; one that stays is ignored when the spool is reopened.</summary>
    private async Task RemoveFilesAsync()
    {
        await foreach (var path in _files.Reader.ReadAllAsync())
        {
            try { File.Delete(path); }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException) { }
        }
    }

    private void Write(JournalRecord record) => Guard(() => _journal.Append(record));

    private bool Guard(Action writing)
    {
        try
        {
            writing();
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            DiskFault = refused.Message;
            DiskFaultChanged?.Invoke();
            return false;
        }
    }
}
