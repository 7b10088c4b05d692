using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class SegmentVectorTests
{
    /// <summary>The first chunk that a reader in order must refuse; 0 where the header or the length already is.</summary>
    private static readonly Dictionary<string, int> DamagedChunks = new()
    {
        ["bad-last-tag"] = 2,
        ["cut-at-chunk"] = 2,
        ["cut-in-tag"] = 2,
        ["extended-with-empty-chunk"] = 1,
    };

    public static TheoryData<string> Opening => SegmentVector.Opening;

    public static TheoryData<string> Refused => SegmentVector.Refused;

    [Fact]
    public void Every_vector_is_here()
    {
        Assert.Equal(29, SegmentVector.All.Count());
        Assert.Equal(14, Opening.Count);
        Assert.Equal(15, Refused.Count);
        Assert.All(SegmentVector.All, vector => Assert.Equal(vector.PlaintextSha256, Digest(vector.Plaintext)));
    }

    [Theory, MemberData(nameof(Opening))]
    public void With_the_same_salt_it_seals_to_the_same_bytes(string name)
    {
        var vector = SegmentVector.Named(name);

        var segment = vector.Seal();

        Assert.Equal(vector.SealedLength, segment.Length);
        Assert.Equal(vector.SealedSha256, Digest(segment));
        if (vector.SealedHex is not null) { Assert.Equal(Convert.FromHexString(vector.SealedHex), segment); }
    }

    [Theory, MemberData(nameof(Opening))]
    public async Task It_opens_whole_and_as_a_stream(string name)
    {
        var vector = SegmentVector.Named(name);
        using var key = vector.Key;
        var segment = vector.Sealed;

        Assert.Equal(vector.Plaintext, SegmentOpener.Open(key, vector.Context, segment));

        var destination = new byte[vector.PlaintextLength];
        Assert.Equal(vector.PlaintextLength, SegmentOpener.Open(key, vector.Context, segment, destination));
        Assert.Equal(vector.Plaintext, destination);

        foreach (var source in new Stream[] { new MemoryStream(segment), new ForwardOnlyStream(segment) })
        {
            var copied = new MemoryStream();
            await SegmentOpener.OpenAsync(key, vector.Context, source, copied, TestContext.Current.CancellationToken);
            Assert.Equal(vector.Plaintext, copied.ToArray());
        }
    }

    [Theory, MemberData(nameof(Opening))]
    public async Task Any_range_of_it_opens(string name)
    {
        var vector = SegmentVector.Named(name);
        using var key = vector.Key;
        var (segment, plaintext) = (vector.Sealed, vector.Plaintext);
        await using var stream = new OpeningStream(key, vector.Context, new MemoryStream(segment), leaveOpen: false);

        for (var i = 0; i < 50; i++)
        {
            var offset = RandomNumberGenerator.GetInt32(plaintext.Length + 1);
            var length = RandomNumberGenerator.GetInt32(plaintext.Length - offset + 1);
            var expected = plaintext[offset..(offset + length)];

            var range = await SegmentOpener.OpenRangeAsync(
                key, vector.Context, segment.Length, offset, length, (from, count, _) => new(segment.AsMemory((int)from, count)), TestContext.Current.CancellationToken);
            var read = new byte[length];
            stream.Position = offset;
            await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);

            Assert.True(expected.AsSpan().SequenceEqual(range), $"range {offset}+{length}");
            Assert.True(expected.AsSpan().SequenceEqual(read), $"stream {offset}+{length}");
        }
    }

    [Theory, MemberData(nameof(Refused))]
    public void Refused_whole_it_leaves_nothing_behind(string name)
    {
        var vector = SegmentVector.Named(name);
        using var key = vector.Key;
        var destination = new byte[Math.Max(vector.PlaintextLength, vector.SealedLength)];

        Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, vector.Context, vector.Sealed, destination));

        Assert.All(destination, octet => Assert.Equal(0, octet));
        Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, vector.Context, vector.Sealed));
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task Refused_as_a_stream_it_releases_nothing_of_the_damaged_chunk(string name)
    {
        var vector = SegmentVector.Named(name);
        using var key = vector.Key;
        var intact = vector.Plaintext[..(DamagedChunks.GetValueOrDefault(name) * ChunkLayout.ChunkLength)];

        var fromForwardOnly = new MemoryStream();
        await Assert.ThrowsAsync<SegmentAlteredException>(
            () => SegmentOpener.OpenAsync(key, vector.Context, new ForwardOnlyStream(vector.Sealed), fromForwardOnly, TestContext.Current.CancellationToken));
        Assert.Equal(intact, fromForwardOnly.ToArray());

        var fromSeekable = new MemoryStream();
        await Assert.ThrowsAsync<SegmentAlteredException>(
            () => SegmentOpener.OpenAsync(key, vector.Context, new MemoryStream(vector.Sealed), fromSeekable, TestContext.Current.CancellationToken));
        Assert.Equal(HasPossibleLength(vector.SealedLength) ? intact : [], fromSeekable.ToArray()); // a length that no segment has is refused first
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task Refused_by_range_it_releases_nothing_of_the_damaged_chunk(string name)
    {
        var vector = SegmentVector.Named(name);
        using var key = vector.Key;
        var segment = vector.Sealed;
        var damaged = DamagedChunks.GetValueOrDefault(name) * ChunkLayout.ChunkLength;
        var asSigned = ChunkLayout.SealedLength(vector.PlaintextLength);

        ValueTask<byte[]> Open(long sealedLength, int offset, int length) => SegmentOpener.OpenRangeAsync(
            key, vector.Context, sealedLength, offset, length, (from, count, _) => new(Stored(segment, from, count)), TestContext.Current.CancellationToken);

        if (name == "appended-byte")
        {
            Assert.Equal(vector.Plaintext, await Open(asSigned, 0, vector.PlaintextLength)); // what follows the signed length is not read
        }
        else if (damaged < vector.PlaintextLength)
        {
            await Assert.ThrowsAsync<SegmentAlteredException>(async () => await Open(asSigned, damaged, vector.PlaintextLength - damaged));
        }

        if (damaged > 0)
        {
            Assert.Equal(vector.Plaintext[..damaged], await Open(asSigned, 0, damaged)); // chunks before it are intact, and authenticate
        }

        if (!HasPossibleLength(segment.Length))
        {
            await Assert.ThrowsAsync<SegmentAlteredException>(async () => await Open(segment.Length, 0, 1));
        }
    }

    private static bool HasPossibleLength(long sealedLength)
    {
        try
        {
            return ChunkLayout.PlaintextLength(sealedLength) >= 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>As a store answers: cut at the object's end.</summary>
    private static ReadOnlyMemory<byte> Stored(byte[] segment, long from, int count) =>
        from >= segment.Length ? default : segment.AsMemory((int)from, Math.Min(count, segment.Length - (int)from));

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
