using System.Buffers;
using System.Security.Cryptography;

namespace SecureRecorder.Storage.Sealing;

/// <summary>The plaintext of a sealed segment, opened chunk by chunk as it is read, in constant memory. Seekable where the sealed stream is.</summary>
/// <remarks>
/// Source: FORMAT.md §3. Reading to the end proves that nothing was cut. A seek opens only the chunk that it lands in; one that
/// counts from the end also opens the last chunk, which alone proves where the end is.
/// </remarks>
public sealed class OpeningStream : Stream
{
    private readonly DataKey _key;
    private readonly SegmentContext _context;
    private readonly Stream _sealedSegment;
    private readonly bool _leaveOpen;
    private readonly long _start;
    private readonly byte[] _plaintext = ArrayPool<byte>.Shared.Rent(ChunkLayout.ChunkLength);
    private readonly byte[] _sealed = ArrayPool<byte>.Shared.Rent(ChunkLayout.SealedChunkLength);
    private SegmentCipher? _cipher;
    private long _loaded = -1;
    private int _loadedLength;
    private long _position;
    private bool _endUnproven;
    private bool _disposed;

    public OpeningStream(DataKey key, SegmentContext context, Stream sealedSegment, bool leaveOpen)
    {
        _key = key;
        _context = context;
        _sealedSegment = sealedSegment;
        _leaveOpen = leaveOpen;
        _start = sealedSegment.CanSeek ? sealedSegment.Position : 0;
    }

    public override bool CanRead => !_disposed;
    public override bool CanSeek => !_disposed && _sealedSegment.CanSeek;
    public override bool CanWrite => false;

    /// <summary>Bytes of plaintext, as the sealed stream's length has it: nothing proves it before the last chunk was read.</summary>
    public override long Length => SegmentOpener.LengthOf(_context, _sealedSegment.Length - _start);

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        if (!CanSeek) { throw new NotSupportedException("The sealed stream cannot seek."); }

        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        _endUnproven |= origin == SeekOrigin.End;
        return _position = target;
    }

    /// <exception cref="SegmentAlteredException">The segment is not what was sealed, or its end is missing.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) { return 0; }

        var opened = await OpenAtPositionAsync(cancellationToken);
        var take = Math.Min(opened.Length, buffer.Length);
        opened[..take].CopyTo(buffer);
        _position += take;
        return take;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Copies the rest. The plaintext passes through no buffer that is not zeroed.</summary>
    /// <exception cref="SegmentAlteredException">The segment is not what was sealed, or its end is missing.</exception>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        while (await OpenAtPositionAsync(cancellationToken) is { IsEmpty: false } opened)
        {
            await destination.WriteAsync(opened, cancellationToken);
            _position += opened.Length;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (_disposed) { return; }
        _disposed = true;
        _cipher?.Dispose();
        CryptographicOperations.ZeroMemory(_plaintext);
        ArrayPool<byte>.Shared.Return(_plaintext);
        ArrayPool<byte>.Shared.Return(_sealed);
        if (!_leaveOpen) { _sealedSegment.Dispose(); }
        base.Dispose(disposing);
    }

    /// <summary>The rest of the chunk at the position; empty at the end, and only there, once the last chunk is authenticated.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> OpenAtPositionAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await ReadHeaderAsync(cancellation);
        var length = CanSeek ? Length : long.MaxValue;
        if (_endUnproven)
        {
            await LoadAsync(length / ChunkLayout.ChunkLength, cancellation);
            _endUnproven = false;
        }

        var number = Math.Min(_position, length) / ChunkLayout.ChunkLength;
        await LoadAsync(number, cancellation);
        var within = (int)Math.Min(_position - number * ChunkLayout.ChunkLength, _loadedLength);
        return _plaintext.AsMemory(within, _loadedLength - within);
    }

    private async ValueTask LoadAsync(long number, CancellationToken cancellation)
    {
        if (_loaded == number) { return; }
        if (_sealedSegment.CanSeek) { _sealedSegment.Position = _start + ChunkLayout.ChunkOffset(number); }

        // Only the last chunk is shorter than a full one, so a full one is never the end, and a short read is.
        var read = await _sealedSegment.ReadAtLeastAsync(
            _sealed.AsMemory(0, ChunkLayout.SealedChunkLength), ChunkLayout.SealedChunkLength, throwOnEndOfStream: false, cancellation);
        if (read < ChunkLayout.TagLength)
        {
            throw new SegmentAlteredException($"The {_context} is altered: its last chunk is missing or cut.");
        }

        (_loaded, _loadedLength) = (-1, 0);
        if (!_cipher!.TryOpenChunk(number, _sealed.AsSpan(0, read), _plaintext)) { throw SegmentOpener.Altered(_context, number); }
        (_loaded, _loadedLength) = (number, read - ChunkLayout.TagLength);
    }

    private async ValueTask ReadHeaderAsync(CancellationToken cancellation)
    {
        if (_cipher is not null) { return; }
        if (_sealedSegment.CanSeek)
        {
            _ = Length; // refuses a length that no segment has
            _sealedSegment.Position = _start;
        }

        var header = new byte[ChunkLayout.HeaderLength];
        if (await _sealedSegment.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation) < header.Length)
        {
            throw new SegmentAlteredException($"The {_context} is altered: it is shorter than its header of {header.Length} bytes.");
        }

        _cipher = SegmentCipher.ForOpening(_key, _context, header);
    }
}
