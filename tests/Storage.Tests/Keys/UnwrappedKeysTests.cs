using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys;

public sealed class UnwrappedKeysTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly KeyVaultServer _server = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly KeyVaultKey _vault;
    private readonly UnwrappedKeys _keys;

    public UnwrappedKeysTests()
    {
        _server.AddKey("kek");
        _vault = new(_server.AddressOf("kek"), _server.Credential(_clock), _clock) { Timeout = TimeSpan.FromSeconds(60) };
        _keys = new(_vault, Limit, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _keys.Dispose();
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task A_thousand_viewers_cost_no_more_calls_than_there_are_tracks()
    {
        await _vault.LookUpAsync(Cancellation);
        using var key = DataKey.Create();
        KeyFile[] tracks = [.. Enumerable.Range(0, 3).SelectMany(_ => Of(Guid.NewGuid(), key))];
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task; // all of them ask before the first is answered

        var viewers = Enumerable.Range(0, 1000).Select(async viewer =>
        {
            using var unwrapped = await _keys.UnwrapAsync(tracks[viewer % tracks.Length], Cancellation);
            Assert.True(unwrapped.HasSameBytesAs(key));
        }).ToList();
        gate.SetResult();
        await Task.WhenAll(viewers);

        Assert.Equal(tracks.Length, _server.Unwrapped);
        using (await _keys.UnwrapAsync(tracks[0], Cancellation)) { }
        Assert.Equal(tracks.Length, _server.Unwrapped);
    }

    [Fact]
    public async Task What_is_kept_is_zeroed_in_time_and_copies_know_since_when_they_count()
    {
        await _vault.LookUpAsync(Cancellation);
        using var key = DataKey.Create();
        var wrapped = Of(Guid.NewGuid(), key)[0];
        var begun = _clock.GetTimestamp();
        using (await _keys.UnwrapAsync(wrapped, Cancellation)) { }

        _clock.Advance(Limit - TimeSpan.FromSeconds(10));
        using (var late = await _keys.UnwrapAsync(wrapped, Cancellation)) { Assert.Equal(begun, late.UnwrappedAt); }
        Assert.Equal(1, _server.Unwrapped);

        _clock.Advance(TimeSpan.FromSeconds(10));
        using (await _keys.UnwrapAsync(wrapped, Cancellation)) { }
        Assert.Equal(2, _server.Unwrapped);
    }

    [Fact]
    public async Task Nobody_has_to_ask_for_it_to_be_zeroed()
    {
        using var kek = new TestKek();
        var inner = new Handed(kek.Key);
        using var keys = new UnwrappedKeys(inner, Limit, _clock);
        using var key = DataKey.Create();
        var copy = await keys.UnwrapAsync(kek.Key.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key), Cancellation);
        copy.Dispose();
        Assert.False(IsZeroed(inner.Last!));

        _clock.Advance(Limit);
        for (var tries = 0; !IsZeroed(inner.Last!); tries++)
        {
            Assert.True(tries < 1200, "it lies in memory still");
            await Task.Delay(50, Cancellation);
        }
    }

    [Fact]
    public async Task A_failure_is_everybodys_who_waited_and_nobodys_after()
    {
        await _vault.LookUpAsync(Cancellation);
        using var key = DataKey.Create();
        var wrapped = Of(Guid.NewGuid(), key)[0];
        _server.RefusesCredential = true;
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;

        var waiting = Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<KeyServiceException>(async () => await _keys.UnwrapAsync(wrapped, Cancellation))).ToList();
        gate.SetResult();
        await Task.WhenAll(waiting);

        _server.RefusesCredential = false;
        using var unwrapped = await _keys.UnwrapAsync(wrapped, Cancellation);
        Assert.True(unwrapped.HasSameBytesAs(key));
    }

    [Fact]
    public async Task Who_gives_up_takes_it_from_nobody_else()
    {
        await _vault.LookUpAsync(Cancellation);
        using var key = DataKey.Create();
        var wrapped = Of(Guid.NewGuid(), key)[0];
        var gate = new TaskCompletionSource();
        _server.Gate = gate.Task;
        using var impatient = new CancellationTokenSource();

        var first = _keys.UnwrapAsync(wrapped, impatient.Token).AsTask();
        var second = _keys.UnwrapAsync(wrapped, Cancellation).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        using var unwrapped = await second;
        Assert.True(unwrapped.HasSameBytesAs(key));
        Assert.Equal(1, _server.Unwrapped);
    }

    [Fact]
    public async Task When_the_server_stops_what_is_kept_is_zeroed()
    {
        using var kek = new TestKek();
        var inner = new Handed(kek.Key);
        var keys = new UnwrappedKeys(inner, Limit, _clock);
        using var key = DataKey.Create();
        var wrapped = kek.Key.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key);
        using var copy = await keys.UnwrapAsync(wrapped, Cancellation);

        keys.Dispose();

        Assert.True(IsZeroed(inner.Last!));
        Assert.True(copy.HasSameBytesAs(key)); // who holds one disposes it
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await keys.UnwrapAsync(wrapped, Cancellation));
    }

    private KeyFile[] Of(Guid session, DataKey key) => [_vault.PublicKey.Wrap(session, TrackName.Consent, key), _vault.PublicKey.Wrap(session, TrackName.Video, key)];

    private static bool IsZeroed(DataKey key) => Record.Exception(() => key.Bytes.Length) is ObjectDisposedException;

    /// <summary>Remembers what it handed out last.</summary>
    private sealed class Handed(IKeyWrapper inner) : IKeyWrapper
    {
        public DataKey? Last { get; private set; }
        public string Id => inner.Id;
        public KekPublicKey PublicKey => inner.PublicKey;
        public bool Opens(string kid) => inner.Opens(kid);
        public async ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation) => Last = await inner.UnwrapAsync(wrapped, cancellation);
    }
}
