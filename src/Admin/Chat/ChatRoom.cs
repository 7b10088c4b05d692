using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Chat;

/// <summary>What is said in one session, in memory only. Whoever listens is woken; who comes back gets what they missed. Safe for concurrent use.</summary>
internal sealed class ChatRoom
{
    /// <summary>Messages that are remembered: a support session's; the oldest go first.</summary>
    public const int Remembered = 2000;

    /// <summary>How long a message is remembered that is not to be kept: for a connection that breaks and comes back.</summary>
    public static readonly TimeSpan PassingThrough = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _messages = [];
    private volatile TaskCompletionSource _pulse = NewPulse();
    private long _last;

    /// <summary>Nothing is remembered any more: what was recorded was deleted.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>Completes at the next message. Take it before reading what it announces.</summary>
    public Task Changed => _pulse.Task;

    /// <summary>Id of the newest message; 0: nobody has said anything.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <param name="say">Makes the message of its id.</param>
    /// <param name="keeping">Whether older messages stay for pages that are loaded again.</param>
    public ChatMessage Say(Func<long, ChatMessage> say, ChatKeeping keeping)
    {
        ChatMessage message;
        lock (_gate)
        {
            message = say(++_last);
            if (!IsForgotten) { _messages.Add(message); }
            var tooOld = keeping == ChatKeeping.Nothing ? _messages.FindIndex(m => message.At - m.At <= PassingThrough) : 0;
            _messages.RemoveRange(0, Math.Max(tooOld, Math.Max(0, _messages.Count - Remembered)));
        }

        Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();
        return message;
    }

    /// <summary>What was said after this one, as far as it is remembered.</summary>
    public IReadOnlyList<ChatMessage> After(long id)
    {
        lock (_gate) { return [.. _messages.Where(message => message.Id > id)]; }
    }

    /// <summary>What was recorded is deleted: what was said is not kept in memory either, and whoever listens is told.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            IsForgotten = true;
            _messages.Clear();
        }

        Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
