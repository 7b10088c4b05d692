namespace SecureRecorder.Storage.Keys.Services;

/// <summary>Whether a vault is asked at all: after <see cref="Limit"/> failures in a row it is left alone for a while, and whoever needs it learns so at once. Then one call tries.</summary>
internal sealed class KeyServiceCircuit(string key, TimeProvider clock)
{
    public const int Limit = 5;

    /// <summary>Failures that lie further apart are not a row.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Queue<long> _failures = new();
    private (long At, string Why)? _opened;
    private bool _trying;

    /// <exception cref="KeyServiceException">It has just failed.</exception>
    public void Enter()
    {
        lock (_gate)
        {
            if (_opened is not { } opened) { return; }

            var left = Pause - clock.GetElapsedTime(opened.At);
            if (left <= TimeSpan.Zero && !_trying)
            {
                _trying = true;
                return;
            }

            throw new KeyServiceException(key, $"{opened.Why}; it is tried again in {Math.Max(1, Math.Ceiling(left.TotalSeconds)):0} s") { RetryAfter = left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), IsTransient = false };
        }
    }

    public void Answered()
    {
        lock (_gate)
        {
            _failures.Clear();
            (_opened, _trying) = (null, false);
        }
    }

    /// <summary>The caller gave up, which says nothing of the vault.</summary>
    public void Abandoned()
    {
        lock (_gate) { _trying = false; }
    }

    public void Failed(KeyServiceException away)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _failures.Enqueue(now);
            if (_failures.Count > Limit) { _failures.Dequeue(); }
            if (_trying || (_failures.Count == Limit && clock.GetElapsedTime(_failures.Peek(), now) <= Within)) { _opened = (now, away.Why); }
            _trying = false;
        }
    }
}
