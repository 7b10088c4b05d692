using System.Buffers;
using System.Security.Cryptography;

namespace SecureRecorder.Storage.Sealing;

/// <summary>Seals what is written to it, chunk by chunk, in constant memory. <see cref="CompleteAsync"/> writes the last chunk.</summary>
/// <remarks>Source: FORMAT.md §3. A stream disposed without being completed leaves a segment that never opens as whole.</remarks>
public sealed class SealingStream : Stream
{
    private readonly Stream _destination;
    private readonly bool _leaveOpen;
    private readonly SegmentCipher _cipher;
    private readonly byte[] _plaintext = ArrayPool<byte>.Shared.Rent(ChunkLayout.ChunkLength);
    private readonly byte[] _sealed = ArrayPool<byte>.Shared.Rent(ChunkLayout.SealedChunkLength);
    private readonly byte[] _header = new byte[ChunkLayout.HeaderLength];
    private int _filled;
    private long _number;
    private bool _headerWritten;
    private bool _broken;
    private bool _completed;
    private bool _disposed;

    public SealingStream(DataKey key, SegmentContext context, Stream destination, bool leaveOpen)
    {
        _destination = destination;
        _leaveOpen = leaveOpen;
        var salt = _header.AsSpan(0, ChunkLayout.SaltLength);
        RandomNumberGenerator.Fill(salt);
        _cipher = SegmentCipher.ForSealing(key, context, salt, _header.AsSpan(ChunkLayout.SaltLength));
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => !_completed && !_disposed;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidOperationException">The segment is complete, or an earlier write of it failed.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        RequireOpen();
        while (!buffer.IsEmpty)
        {
            var take = Math.Min(buffer.Length, ChunkLayout.ChunkLength - _filled);
            buffer.Span[..take].CopyTo(_plaintext.AsSpan(_filled));
            _filled += take;
            buffer = buffer[take..];
            if (_filled == ChunkLayout.ChunkLength) { await WriteChunkAsync(cancellationToken); }
        }
    }

    /// <summary>Writes all that this stream still has. The plaintext passes through no buffer that is not zeroed.</summary>
    /// <exception cref="InvalidOperationException">The segment is complete, or an earlier write of it failed.</exception>
    public async Task WriteFromAsync(Stream plaintext, CancellationToken cancellation)
    {
        RequireOpen();
        while (await plaintext.ReadAsync(_plaintext.AsMemory(_filled, ChunkLayout.ChunkLength - _filled), cancellation) is > 0 and var read)
        {
            _filled += read;
            if (_filled == ChunkLayout.ChunkLength) { await WriteChunkAsync(cancellation); }
        }
    }

    /// <summary>Writes the last chunk; what was written is now a whole segment.</summary>
    /// <exception cref="InvalidOperationException">A write of this segment failed: its destination holds a part that nothing can complete.</exception>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        if (!_completed)
        {
            RequireOpen();
            await WriteChunkAsync(cancellation);
            _completed = true;
        }

        await _destination.FlushAsync(cancellation);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // a chunk is sealed when it is full
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (_disposed) { return; }
        _disposed = true;
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_plaintext);
        ArrayPool<byte>.Shared.Return(_plaintext);
        ArrayPool<byte>.Shared.Return(_sealed);
        if (!_leaveOpen) { _destination.Dispose(); }
        base.Dispose(disposing);
    }

    private void RequireOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_completed) { throw new InvalidOperationException("The segment is complete: nothing can follow its last chunk."); }
        if (_broken) { throw new InvalidOperationException("A write of this segment failed: it cannot be continued."); }
    }

    private async Task WriteChunkAsync(CancellationToken cancellation)
    {
        _broken = true; // until the destination has the whole chunk
        if (!_headerWritten)
        {
            await _destination.WriteAsync(_header, cancellation);
            _headerWritten = true;
        }

        _cipher.SealChunk(_number++, _plaintext.AsSpan(0, _filled), _sealed);
        await _destination.WriteAsync(_sealed.AsMemory(0, _filled + ChunkLayout.TagLength), cancellation);
        _filled = 0;
        _broken = false;
    }
}
