using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class SegmentRangeTests : IDisposable
{
    private const int Length = 5 * ChunkLayout.ChunkLength + 1000;
    private static readonly SegmentContext Context = new(Guid.Parse("01990000-0000-7000-8000-0000000000aa"), TrackName.Video, 7, RandomNumberGenerator.GetBytes(32));

    private readonly DataKey _key = DataKey.Create();
    private readonly byte[] _plaintext = RandomNumberGenerator.GetBytes(Length);
    private readonly byte[] _segment;
    private readonly List<(long Offset, int Length)> _reads = [];

    public SegmentRangeTests() => _segment = SegmentSealer.Seal(_key, Context, _plaintext);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(ChunkLayout.ChunkLength - 1, 1, 0, 0)]
    [InlineData(ChunkLayout.ChunkLength - 1, 2, 0, 1)]
    [InlineData(ChunkLayout.ChunkLength, 1, 1, 1)]
    [InlineData(2 * ChunkLayout.ChunkLength, 2 * ChunkLayout.ChunkLength, 2, 3)]
    [InlineData(3 * ChunkLayout.ChunkLength + 5, ChunkLayout.ChunkLength, 3, 4)]
    [InlineData(Length - 1, 1, 5, 5)]
    [InlineData(0, Length, 0, 5)]
    public async Task It_reads_the_header_and_the_chunks_that_the_range_lies_in_and_no_other(int offset, int length, int first, int last)
    {
        var opened = await OpenAsync(offset, length);

        Assert.Equal(_plaintext[offset..(offset + length)], opened);
        var end = Math.Min(ChunkLayout.ChunkOffset(last + 1), _segment.Length);
        Assert.Equal([(0, ChunkLayout.HeaderLength), (ChunkLayout.ChunkOffset(first), (int)(end - ChunkLayout.ChunkOffset(first)))], _reads);
    }

    [Fact]
    public async Task An_altered_chunk_matters_only_to_ranges_that_lie_in_it()
    {
        _segment[ChunkLayout.ChunkOffset(2)] ^= 1;

        Assert.Equal(_plaintext[..(2 * ChunkLayout.ChunkLength)], await OpenAsync(0, 2 * ChunkLayout.ChunkLength));
        Assert.Equal(_plaintext[(3 * ChunkLayout.ChunkLength)..], await OpenAsync(3 * ChunkLayout.ChunkLength, Length - 3 * ChunkLayout.ChunkLength));
        await Assert.ThrowsAsync<SegmentAlteredException>(async () => await OpenAsync(3 * ChunkLayout.ChunkLength - 1, 2));
    }

    [Fact]
    public async Task An_altered_header_is_refused_before_any_chunk_is_read()
    {
        _segment[ChunkLayout.SaltLength + 3] ^= 1;

        await Assert.ThrowsAsync<SegmentAlteredException>(async () => await OpenAsync(0, 10));

        Assert.Equal([(0, ChunkLayout.HeaderLength)], _reads);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, Length + 1)]
    [InlineData(Length, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue - 5, 100)]
    public async Task A_range_outside_the_plaintext_is_refused_without_reading(long offset, int length)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await OpenAsync(offset, length));

        Assert.Empty(_reads);
    }

    [Fact]
    public async Task A_seek_reads_only_the_chunk_that_it_lands_in()
    {
        var counting = new CountingStream(_segment);
        await using var stream = new OpeningStream(_key, Context, counting, leaveOpen: false);
        var read = new byte[10];

        stream.Position = 3 * ChunkLayout.ChunkLength + 100;
        await stream.ReadExactlyAsync(read, TestContext.Current.CancellationToken);

        Assert.Equal(_plaintext.AsSpan(3 * ChunkLayout.ChunkLength + 100, 10).ToArray(), read);
        Assert.Equal(ChunkLayout.HeaderLength + ChunkLayout.SealedChunkLength, counting.BytesRead);
    }

    [Fact]
    public async Task A_seek_that_counts_from_the_end_proves_the_end_first()
    {
        var offset = -2 * ChunkLayout.ChunkLength;
        await using var honest = new OpeningStream(_key, Context, new MemoryStream(_segment), leaveOpen: false);
        honest.Seek(offset, SeekOrigin.End);
        var read = new byte[10];
        await honest.ReadExactlyAsync(read, TestContext.Current.CancellationToken);
        Assert.Equal(_plaintext.AsSpan(Length + offset, 10).ToArray(), read);

        // moved down by a byte: another length, in whose name the end is counted
        await using var cut = new OpeningStream(_key, Context, new MemoryStream(_segment, 0, _segment.Length - 1), leaveOpen: false);
        cut.Seek(offset, SeekOrigin.End);
        await Assert.ThrowsAsync<SegmentAlteredException>(async () => await cut.ReadExactlyAsync(read, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Past_the_end_there_is_nothing_and_the_end_is_still_proven()
    {
        await using var stream = new OpeningStream(_key, Context, new MemoryStream(_segment), leaveOpen: false);
        stream.Position = Length + 3 * ChunkLayout.ChunkLength;
        Assert.Equal(0, await stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
        Assert.Equal(Length, stream.Length);

        _segment[^1] ^= 1;
        await using var altered = new OpeningStream(_key, Context, new MemoryStream(_segment), leaveOpen: false);
        altered.Position = Length;
        await Assert.ThrowsAsync<SegmentAlteredException>(() => altered.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    private ValueTask<byte[]> OpenAsync(long offset, int length) => SegmentOpener.OpenRangeAsync(
        _key, Context, _segment.Length, offset, length,
        (from, count, _) =>
        {
            _reads.Add((from, count));
            return new(_segment.AsMemory((int)from, count));
        },
        TestContext.Current.CancellationToken);

    private sealed class CountingStream(byte[] content) : MemoryStream(content)
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
