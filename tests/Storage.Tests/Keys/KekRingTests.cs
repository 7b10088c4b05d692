using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Keys;

public sealed class KekRingTests : IDisposable
{
    private readonly TestKek _current = new();
    private readonly TestKek _earlier = new();
    private readonly TestKek _stranger = new();

    public void Dispose()
    {
        _current.Dispose();
        _earlier.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Wraps_for_the_current_key_and_unwraps_for_all_of_them()
    {
        var ring = new KekRing(_current.Key, [_earlier.Key]);
        using var key = DataKey.Create();

        Assert.Equal(_current.Key.PublicKey, ring.PublicKey);
        Assert.True(ring.IsLocal());
        foreach (var wrapped in (KeyFile[])[ring.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key), _earlier.Key.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key)])
        {
            Assert.True(ring.Opens(wrapped.Kid));
            using var unwrapped = await ring.UnwrapAsync(wrapped, TestContext.Current.CancellationToken);
            Assert.True(unwrapped.HasSameBytesAs(key));
        }
    }

    [Fact]
    public async Task What_names_none_of_its_keys_is_refused_and_all_are_named()
    {
        var ring = new KekRing(_current.Key, [_earlier.Key]);
        using var key = DataKey.Create();
        var wrapped = _stranger.Key.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key);

        Assert.False(ring.Opens(wrapped.Kid));
        var refused = await Assert.ThrowsAsync<KeyUnwrapException>(async () => await ring.UnwrapAsync(wrapped, TestContext.Current.CancellationToken));
        Assert.All((string[])[wrapped.Kid, _current.Key.Id, _earlier.Key.Id], id => Assert.Contains(id, refused.Message, StringComparison.Ordinal));
        await Assert.ThrowsAsync<KeyUnwrapException>(async () => await ring.UnwrapAsync(wrapped with { Kid = _earlier.Key.Id }, TestContext.Current.CancellationToken));
    }
}
