using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

/// <summary>Everything here completes synchronously, so that what is allocated is counted on one thread.</summary>
public sealed class ConstantMemoryTests : IDisposable
{
    private const int Large = 64 << 20;
    private const int Chunks = Large / ChunkLayout.ChunkLength;

    /// <summary>Bytes that one segment may cost whatever its length: the objects of the ciphers, and what the runtime counts in while it optimizes a loop.</summary>
    private const int FixedCost = 20_000;

    /// <summary>Bytes that a chunk of a stream may cost: the state of the calls that await it, in a debug build, and no buffer.</summary>
    private const int CostOfAwaitingAChunk = 500;

    private static readonly SegmentContext Context = new(Guid.Parse("01990000-0000-7000-8000-0000000000aa"), TrackName.Video, 1, new byte[32]);
    private readonly DataKey _key = DataKey.Create();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Sealing_and_opening_whole_segments_allocates_nothing_that_grows()
    {
        var plaintext = new byte[Large];
        var segment = new byte[ChunkLayout.SealedLength(Large)];

        void SealAndOpen(int length)
        {
            var written = SegmentSealer.Seal(_key, Context, plaintext.AsSpan(0, length), segment);
            SegmentOpener.Open(_key, Context, segment.AsSpan(0, written), plaintext);
        }

        SealAndOpen(Large);
        Assert.InRange(Allocated(() => SealAndOpen(Large)), 0, FixedCost);
    }

    [Fact]
    public void Sealing_and_opening_streams_allocates_nothing_that_grows()
    {
        var segment = new MemoryStream((int)ChunkLayout.SealedLength(Large));

        void SealAndOpen(int length)
        {
            segment.SetLength(0);
            Assert.True(SegmentSealer.SealAsync(_key, Context, new ZeroStream(length), segment, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
            segment.Position = 0;
            Assert.True(SegmentOpener.OpenAsync(_key, Context, segment, Stream.Null, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
        }

        SealAndOpen(Large);
        Assert.InRange(Allocated(() => SealAndOpen(Large)), 0, FixedCost + Chunks * CostOfAwaitingAChunk);
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>So many zeros, made as they are read.</summary>
    private sealed class ZeroStream(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..read].Clear();
            _left -= read;
            return new(read);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Flush() { }
    }
}
