using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class DataKeyTests
{
    [Fact]
    public void A_disposed_key_is_zeroed_and_seals_and_opens_nothing()
    {
        var context = new SegmentContext(Guid.Empty, TrackName.Consent, 0, default);
        var key = DataKey.Create();
        var bytes = key.Bytes;
        var segment = SegmentSealer.Seal(key, context, [1, 2, 3]);
        Assert.True(bytes.ContainsAnyExcept((byte)0));

        key.Dispose();
        key.Dispose();

        Assert.False(bytes.ContainsAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => SegmentSealer.Seal(key, context, [1, 2, 3]));
        Assert.Throws<ObjectDisposedException>(() => SegmentOpener.Open(key, context, segment));
        Assert.Throws<ObjectDisposedException>(() => key.Bytes.ToArray());
    }

    [Fact]
    public void Every_key_is_another_and_a_copy_does_not_follow_its_source()
    {
        using var one = DataKey.Create();
        using var other = DataKey.Create();
        Assert.False(one.Bytes.SequenceEqual(other.Bytes));

        var source = RandomNumberGenerator.GetBytes(DataKey.Length);
        using var copy = DataKey.From(source);
        var expected = source.ToArray();
        CryptographicOperations.ZeroMemory(source);
        Assert.Equal(expected, copy.Bytes);
        Assert.Equal(new byte[DataKey.PaddedLength - DataKey.Length], copy.Padded[DataKey.Length..]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Only_32_bytes_are_a_key(int length) => Assert.Throws<ArgumentException>(() => DataKey.From(new byte[length]));
}
