using SecureRecorder.Admin.Chat;

namespace SecureRecorder.Admin.Live;

/// <summary>What is known of a session only while it lives: who was heard of when, and the pulse that wakes its streams. Nothing here is the only copy of anything.</summary>
internal sealed class LiveSession(Guid id, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly long _watchedSince = clock.GetTimestamp();
    private long? _personSeen;
    private long _touched = clock.GetTimestamp();
    private int _recorderStreams;
    private volatile TaskCompletionSource _pulse = NewPulse();

    public Guid Id => id;

    /// <summary>Where it stands; null until read from the catalogue, or when somebody else changed it there.</summary>
    public volatile Standing? Standing;

    /// <summary>The code in clear, for the technician's page, while it works.</summary>
    public volatile ShownCode? Code;

    /// <summary>Receipt and countersignature, once given.</summary>
    public volatile ConsentProof? Proof;

    /// <summary>What person and technician write to each other.</summary>
    public ChatRoom Chat { get; } = new();

    /// <summary>One change of the session at a time.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    /// <summary>Completes at the next change. Take it before reading what it announces.</summary>
    public Task Changed => _pulse.Task;

    public bool RecorderConnected => Volatile.Read(ref _recorderStreams) > 0;

    /// <summary>Since the person's page was last heard of; null: never, as far as this server knows.</summary>
    public TimeSpan? PersonUnseen
    {
        get { lock (_gate) { return _personSeen is { } seen ? clock.GetElapsedTime(seen) : null; } }
    }

    /// <summary>Since the person's page was last heard of, or since this server watches: a restart begins the count anew.</summary>
    public TimeSpan PersonUnseenOrWatched => PersonUnseen ?? clock.GetElapsedTime(_watchedSince);

    /// <summary>Just restarted: the page has not been heard of yet, and may still be there. Nothing is said to the recorder, which counts by itself.</summary>
    public bool IsSettling => PersonUnseen is null && clock.GetElapsedTime(_watchedSince) < LiveRules.PersonIsGoneAfter;

    /// <summary>Since anybody cared.</summary>
    public TimeSpan Untouched
    {
        get { lock (_gate) { return _recorderStreams > 0 ? TimeSpan.Zero : clock.GetElapsedTime(_touched); } }
    }

    /// <summary>The person's page was heard of.</summary>
    public void PersonSeen()
    {
        bool first;
        lock (_gate)
        {
            first = _personSeen is null;
            _personSeen = _touched = clock.GetTimestamp();
        }

        if (first) { Pulse(); }
    }

    /// <summary>Somebody cares, without being the person's page.</summary>
    public void Touch()
    {
        lock (_gate) { _touched = clock.GetTimestamp(); }
    }

    /// <summary>Remembers where it stands and wakes the streams.</summary>
    public void Take(Standing? standing)
    {
        Standing = standing;
        lock (_gate) { _touched = clock.GetTimestamp(); }
        Pulse();
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

/// <summary>The person's receipt and the server's countersignature, compact JWS each.</summary>
internal sealed record ConsentProof(string Receipt, string Countersignature);
