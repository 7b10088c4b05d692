using System.Collections.Concurrent;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>What is known of a session only while it lives: who was heard of when, and the pulse that wakes its streams. Nothing here is the only copy of anything.</summary>
internal sealed class LiveSession(Guid id, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly long _watchedSince = clock.GetTimestamp();
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);
    private long _touched = clock.GetTimestamp();
    private int _recorderStreams;
    private volatile TaskCompletionSource _pulse = NewPulse();

    public Guid Id => id;

    /// <summary>Where it stands; null until read from the catalogue, or when somebody else changed it there.</summary>
    public volatile Standing? Standing;

    /// <summary>Codes in clear, for the technician's page, while they work: by the participant's name.</summary>
    public ConcurrentDictionary<string, ShownCode> Codes { get; } = new(StringComparer.Ordinal);

    /// <summary>Receipts and countersignatures that were given, by the base64url of the receipt's digest.</summary>
    public ConcurrentDictionary<string, ConsentProof> Proofs { get; } = new(StringComparer.Ordinal);

    /// <summary>What participants and technician write to each other.</summary>
    public ChatRoom Chat { get; } = new();

    /// <summary>One change of the session at a time.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    /// <summary>Completes at the next change. Take it before reading what it announces.</summary>
    public Task Changed => _pulse.Task;

    public bool RecorderConnected => Volatile.Read(ref _recorderStreams) > 0;

    /// <summary>Since this participant's page was last heard of; null: never, as far as this server knows.</summary>
    public TimeSpan? UnseenOf(string participant)
    {
        lock (_gate) { return _seen.TryGetValue(participant, out var seen) ? clock.GetElapsedTime(seen) : null; }
    }

    /// <summary>Since the page was last heard of that was heard of least, of all that count; null: one of them never was, or none counts.</summary>
    public TimeSpan? Unseen(Standing standing)
    {
        var unseen = standing.Watched.Select(UnseenOf).ToList();
        return unseen.Count == 0 || unseen.Contains(null) ? null : unseen.Max();
    }

    /// <summary>The same, or since this server watches: a restart begins the count anew.</summary>
    public TimeSpan UnseenOrWatched(Standing standing) =>
        standing.Watched.Select(name => UnseenOf(name) ?? clock.GetElapsedTime(_watchedSince)).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>Just restarted: a page has not been heard of yet, and may still be there. Nothing is said to the recorder, which counts by itself.</summary>
    public bool IsSettling(Standing standing) => Unseen(standing) is null && clock.GetElapsedTime(_watchedSince) < LiveRules.PersonIsGoneAfter;

    /// <summary>Since anybody cared.</summary>
    public TimeSpan Untouched
    {
        get { lock (_gate) { return _recorderStreams > 0 ? TimeSpan.Zero : clock.GetElapsedTime(_touched); } }
    }

    /// <summary>A participant's page was heard of.</summary>
    public void Seen(string participant)
    {
        bool first;
        lock (_gate)
        {
            first = !_seen.ContainsKey(participant);
            _seen[participant] = _touched = clock.GetTimestamp();
        }

        if (first) { Pulse(); }
    }

    /// <summary>Somebody cares, without being a participant's page.</summary>
    public void Touch()
    {
        lock (_gate) { _touched = clock.GetTimestamp(); }
    }

    /// <summary>Remembers where it stands, as it was read. Of what is deleted, the chat is not remembered either.</summary>
    public Standing Know(Standing standing)
    {
        Standing = standing;
        if (standing.IsDeleted) { Chat.Forget(); }
        return standing;
    }

    /// <summary>Remembers where it stands and wakes the streams. Null: that has to be read again.</summary>
    public void Take(Standing? standing)
    {
        if (standing is null) { Standing = null; } else { Know(standing); }
        lock (_gate) { _touched = clock.GetTimestamp(); }
        Pulse();
    }

    /// <summary>Codes are shown from memory to the one who started the session, as long as they work; they are written nowhere.</summary>
    public void Show(RecordedSession session, Dictionary<string, ShownCode> codes)
    {
        foreach (var (participant, code) in codes) { Codes[participant] = code; }
        Take(Standing.Of(session));
    }

    /// <summary>A recorder's stream is open until the result is disposed.</summary>
    public IDisposable RecorderHere()
    {
        Interlocked.Increment(ref _recorderStreams);
        return new Presence(this);
    }

    private void Pulse() => Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Presence(LiveSession session) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) { Interlocked.Decrement(ref session._recorderStreams); }
        }
    }
}

/// <summary>A code that still works, as people read it.</summary>
internal sealed record ShownCode(string Code, DateTimeOffset ExpiresAt);

/// <summary>A participant's receipt and the server's countersignature, compact JWS each.</summary>
internal sealed record ConsentProof(string Receipt, string Countersignature);
