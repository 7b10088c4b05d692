using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tests.Sealing;

public sealed class SealingStreamTests : IDisposable
{
    private static readonly SegmentContext Context = new(Guid.Parse("01990000-0000-7000-8000-0000000000aa"), TrackName.Chat, 0, RandomNumberGenerator.GetBytes(32));
    private readonly DataKey _key = DataKey.Create();

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(ChunkLayout.ChunkLength)]
    [InlineData(2 * ChunkLayout.ChunkLength + 1)]
    public async Task Disposed_before_it_was_complete_it_left_nothing_that_opens(int length)
    {
        var destination = new MemoryStream();
        await using (var sealing = new SealingStream(_key, Context, destination, leaveOpen: true))
        {
            await sealing.WriteAsync(new byte[length], TestContext.Current.CancellationToken);
        }

        Assert.Throws<SegmentAlteredException>(() => SegmentOpener.Open(_key, Context, destination.ToArray()));
        await Assert.ThrowsAsync<SegmentAlteredException>(() => SegmentOpener.OpenAsync(
            _key, Context, new ForwardOnlyStream(destination.ToArray()), Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_can_follow_the_last_chunk()
    {
        var destination = new MemoryStream();
        await using var sealing = new SealingStream(_key, Context, destination, leaveOpen: true);
        await sealing.WriteAsync("a line\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await sealing.CompleteAsync(TestContext.Current.CancellationToken);
        await sealing.CompleteAsync(TestContext.Current.CancellationToken);

        Assert.False(sealing.CanWrite);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sealing.WriteAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal("a line\n"u8, SegmentOpener.Open(_key, Context, destination.ToArray()));
    }

    [Fact]
    public async Task After_a_write_that_failed_it_cannot_be_completed()
    {
        var destination = new FailingStream();
        await using var sealing = new SealingStream(_key, Context, destination, leaveOpen: true);
        destination.Fails = true;
        await Assert.ThrowsAsync<IOException>(async () => await sealing.WriteAsync(new byte[ChunkLayout.ChunkLength], TestContext.Current.CancellationToken));
        destination.Fails = false;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await sealing.WriteAsync(new byte[1], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidOperationException>(() => sealing.CompleteAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_disposed_stream_takes_and_gives_nothing()
    {
        var sealing = new SealingStream(_key, Context, new MemoryStream(), leaveOpen: false);
        await sealing.DisposeAsync();
        var opening = new OpeningStream(_key, Context, new MemoryStream(), leaveOpen: false);
        await opening.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await sealing.WriteAsync(new byte[1], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sealing.CompleteAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => opening.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    private sealed class FailingStream : MemoryStream
    {
        public bool Fails { get; set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Fails ? throw new IOException("The disk is full.") : base.WriteAsync(buffer, cancellationToken);
    }
}
