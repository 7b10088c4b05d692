using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>Asks a vault once for each wrapped data key, however many want it, and keeps the answer in memory for a while; then it is zeroed.</summary>
/// <remarks>What it hands out are copies that say when their key came out of the vault, so that whoever keeps one counts from then: none of them outlives <paramref name="limit"/>.</remarks>
/// <param name="limit">How long a data key may lie in memory.</param>
public sealed class UnwrappedKeys(IKeyWrapper inner, TimeSpan limit, TimeProvider clock) : IKeyWrapper, IDisposable
{
    private static readonly TimeSpan SweepsEvery = TimeSpan.FromSeconds(2);

    private readonly Dictionary<KeyFile, Kept> _kept = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = new();
    private ITimer? _sweeping;
    private bool _disposed;

    /// <summary>The one that is asked.</summary>
    public IKeyWrapper Inner => inner;

    public string Id => inner.Id;

    public KekPublicKey PublicKey => inner.PublicKey;

    public bool Opens(string kid) => inner.Opens(kid);

    /// <inheritdoc/>
    public async ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Kept kept;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                Sweep();
                if (!_kept.TryGetValue(wrapped, out kept!))
                {
                    _kept.Add(wrapped, kept = new());
                    kept.Asking = AskAsync(wrapped, kept);
                    _sweeping ??= clock.CreateTimer(_ => SweepInTime(), null, SweepsEvery, SweepsEvery);
                }
            }

            await kept.Asking.WaitAsync(cancellation); // who gives up does not take it from the others
            lock (_gate)
            {
                if (kept.Key is { } key) { return DataKey.From(key.Bytes, kept.At); }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) { return; }

            _disposed = true;
            foreach (var wrapped in _kept.Keys.ToList()) { Zero(wrapped); }
            _sweeping?.Dispose();
        }

        _over.Cancel();
        _over.Dispose();
        (inner as IDisposable)?.Dispose();
    }

    private async Task AskAsync(KeyFile wrapped, Kept kept)
    {
        await Task.Yield(); // not under the lock
        try
        {
            var key = await inner.UnwrapAsync(wrapped, _over.Token);
            lock (_gate)
            {
                (kept.Key, kept.At) = (key, clock.GetTimestamp());
                if (_disposed) { Zero(wrapped, kept); }
            }
        }
        catch
        {
            lock (_gate) { _kept.Remove(wrapped); } // the next who wants it asks again
            throw;
        }
    }

    private void SweepInTime()
    {
        lock (_gate)
        {
            if (_disposed) { return; }

            Sweep();
            if (_kept.Count > 0) { return; }

            _sweeping?.Dispose();
            _sweeping = null;
        }
    }

    private void Sweep()
    {
        foreach (var (wrapped, kept) in _kept.Where(one => one.Value.Key is not null && clock.GetElapsedTime(one.Value.At) >= limit - SweepsEvery).ToList()) { Zero(wrapped, kept); }
    }

    private void Zero(KeyFile wrapped) => Zero(wrapped, _kept[wrapped]);

    private void Zero(KeyFile wrapped, Kept kept)
    {
        _kept.Remove(wrapped);
        kept.Key?.Dispose();
        kept.Key = null;
    }

    private sealed class Kept
    {
        public Task Asking { get; set; } = Task.CompletedTask;
        public DataKey? Key { get; set; }
        public long At { get; set; }
    }
}
