using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Chat;

/// <summary>One session's messages that are not sealed yet, and the writer of its track. Safe for concurrent use; one sealing at a time.</summary>
internal sealed class UnsealedChat : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _messages = [];

    /// <summary>Held while sealing.</summary>
    public SemaphoreSlim Sealing { get; } = new(1, 1);

    /// <summary>Null: the track has not begun, or must be taken up again from what was committed.</summary>
    public TrackWriter? Writer { get; set; }

    public void Add(ChatMessage message) { lock (_gate) { _messages.Add(message); } }

    public bool IsDue(DateTimeOffset now)
    {
        lock (_gate) { return _messages.Count >= ChatRecorder.Batch || (_messages.Count > 0 && now - _messages[0].At >= ChatRecorder.LongestWait); }
    }

    /// <summary>The oldest, in order.</summary>
    public IReadOnlyList<ChatMessage> Next(int most) { lock (_gate) { return [.. _messages.Take(most)]; } }

    /// <summary>The oldest are sealed.</summary>
    public void Remove(int count) { lock (_gate) { _messages.RemoveRange(0, count); } }

    /// <summary>Zeroes the track's key. A sealing that is under way fails.</summary>
    public void Dispose() => Writer?.Dispose();
}
