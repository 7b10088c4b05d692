using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class SegmentLengthTests
{
    private static readonly SegmentContext Context = new(Guid.Parse("01990000-0000-7000-8000-0000000000aa"), TrackName.Video, 7, RandomNumberGenerator.GetBytes(32));

    /// <summary>Every length near a border of chunks, and some anywhere.</summary>
    public static TheoryData<int> Lengths =>
    [
        .. from chunk in Enumerable.Range(0, 5)
           from distance in new[] { -17, -16, -15, -1, 0, 1, 15, 16, 17 }
           let length = chunk * ChunkLayout.ChunkLength + distance
           where length >= 0
           select length,
        .. Enumerable.Range(0, 20).Select(_ => RandomNumberGenerator.GetInt32(200_000)),
    ];

    [Theory, MemberData(nameof(Lengths))]
    public async Task Whatever_way_it_was_sealed_it_opens_in_every_way(int length)
    {
        using var key = DataKey.Create();
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var whole = SegmentSealer.Seal(key, Context, plaintext);
        var streamed = new MemoryStream();
        await SegmentSealer.SealAsync(key, Context, new ForwardOnlyStream(plaintext), streamed, TestContext.Current.CancellationToken);
        var written = await WriteInStretchesAsync(key, plaintext);

        foreach (var segment in new[] { whole, streamed.ToArray(), written })
        {
            Assert.Equal(ChunkLayout.SealedLength(length), segment.Length);
            Assert.Equal(length, ChunkLayout.PlaintextLength(segment.Length));
            Assert.Equal(plaintext, SegmentOpener.Open(key, Context, segment));
            var opened = new MemoryStream();
            await SegmentOpener.OpenAsync(key, Context, new ForwardOnlyStream(segment), opened, TestContext.Current.CancellationToken);
            Assert.Equal(plaintext, opened.ToArray());
        }
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Cut_padded_or_altered_anywhere_it_is_refused(int length)
    {
        using var key = DataKey.Create();
        var segment = SegmentSealer.Seal(key, Context, RandomNumberGenerator.GetBytes(length));

        foreach (var cut in new[] { 1, 15, 16, 17, ChunkLayout.SealedChunkLength, RandomNumberGenerator.GetInt32(1, segment.Length) }.Where(cut => cut <= segment.Length))
        {
            Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, Context, segment.AsSpan(0, segment.Length - cut)));
        }

        foreach (var more in new[] { 1, 16, RandomNumberGenerator.GetInt32(1, 2 * ChunkLayout.SealedChunkLength) })
        {
            Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, Context, (byte[])[.. segment, .. new byte[more]]));
        }

        foreach (var at in new[] { 0, ChunkLayout.SaltLength, ChunkLayout.HeaderLength, segment.Length - 1, RandomNumberGenerator.GetInt32(segment.Length) })
        {
            segment[at] ^= 0x10;
            Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(key, Context, segment));
            segment[at] ^= 0x10;
        }

        Assert.Equal(length, SegmentOpener.Open(key, Context, segment).Length);
    }

    [Fact]
    public void A_length_that_no_segment_has_is_refused()
    {
        long[] impossible =
        [
            -1, 0, 55, 56, 71, // no header, no chunk, half a tag
            56 + ChunkLayout.SealedChunkLength, 56 + ChunkLayout.SealedChunkLength + 15, // the short last chunk is missing or cut
            ChunkLayout.SealedLength(ChunkLayout.MaximumPlaintextLength) + 1, long.MaxValue,
        ];

        Assert.All(impossible, length => Assert.Throws<InvalidDataException>(() => ChunkLayout.PlaintextLength(length)));
        Assert.Equal(0, ChunkLayout.PlaintextLength(72));
        Assert.Equal((1L << 52) - 1, ChunkLayout.PlaintextLength(ChunkLayout.SealedLength(ChunkLayout.MaximumPlaintextLength)));
    }

    [Fact]
    public void The_chunk_counter_never_reaches_what_the_nonce_has_of_randomness()
    {
        using var key = DataKey.Create();
        using var cipher = SegmentCipher.ForSealing(key, Context, new byte[ChunkLayout.SaltLength], new byte[ChunkLayout.CommitmentLength]);
        var last = new byte[ChunkLayout.TagLength];

        cipher.SealChunk(ChunkLayout.MaximumChunks - 1, [], last);

        Assert.Throws<ArgumentOutOfRangeException>(() => cipher.SealChunk(ChunkLayout.MaximumChunks, [], last));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkLayout.SealedLength(ChunkLayout.MaximumPlaintextLength + 1));
    }

    [Fact]
    public void A_destination_that_is_too_small_gets_nothing()
    {
        using var key = DataKey.Create();
        var plaintext = RandomNumberGenerator.GetBytes(ChunkLayout.ChunkLength + 1);
        var segment = SegmentSealer.Seal(key, Context, plaintext);
        var small = new byte[ChunkLayout.ChunkLength];

        Assert.Throws<ArgumentException>(() => SegmentOpener.Open(key, Context, segment, small));
        Assert.Throws<ArgumentException>(() => SegmentSealer.Seal(key, Context, plaintext, small));

        Assert.All(small, octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void The_same_plaintext_never_seals_alike()
    {
        using var key = DataKey.Create();
        var plaintext = new byte[100];

        var salts = Enumerable.Range(0, 50).Select(_ => Convert.ToHexString(SegmentSealer.Seal(key, Context, plaintext), 0, ChunkLayout.SaltLength)).ToHashSet();

        Assert.Equal(50, salts.Count);
    }

    private static async Task<byte[]> WriteInStretchesAsync(DataKey key, byte[] plaintext)
    {
        var destination = new MemoryStream();
        await using var sealing = new SealingStream(key, Context, destination, leaveOpen: true);
        for (var rest = plaintext.AsMemory(); !rest.IsEmpty;)
        {
            var stretch = Math.Min(rest.Length, RandomNumberGenerator.GetInt32(1, 40_000));
            await sealing.WriteAsync(rest[..stretch], TestContext.Current.CancellationToken);
            rest = rest[stretch..];
        }

        await sealing.CompleteAsync(TestContext.Current.CancellationToken);
        return destination.ToArray();
    }
}
