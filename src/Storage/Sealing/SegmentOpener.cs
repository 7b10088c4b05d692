using System.Security.Cryptography;

namespace SecureRecorder.Storage.Sealing;

/// <summary>Opens sealed segments: whole, as a stream, or any stretch of bytes by reading only the chunks that it lies in.</summary>
/// <remarks>Source: FORMAT.md §3. A chunk is authenticated before a byte of it is released.</remarks>
public static class SegmentOpener
{
    /// <summary>Reads sealed bytes: <c>length</c> of them from <c>offset</c> of the sealed segment.</summary>
    public delegate ValueTask<ReadOnlyMemory<byte>> ReadSealed(long offset, int length, CancellationToken cancellation);

    /// <summary>Opens a whole segment.</summary>
    /// <param name="destination">At least <see cref="ChunkLayout.PlaintextLength"/> bytes; what was opened into it is zeroed when the segment is refused.</param>
    /// <returns>Bytes of plaintext.</returns>
    /// <exception cref="ArgumentException">The destination is too small; nothing was opened.</exception>
    /// <exception cref="SegmentAlteredException">The segment is not what was sealed.</exception>
    public static int Open(DataKey key, in SegmentContext context, ReadOnlySpan<byte> sealedSegment, Span<byte> destination)
    {
        var plaintextLength = (int)LengthOf(context, sealedSegment.Length);
        if (destination.Length < plaintextLength)
        {
            throw new ArgumentException($"The segment's plaintext has {plaintextLength} bytes; the destination has {destination.Length}.", nameof(destination));
        }

        using var cipher = SegmentCipher.ForOpening(key, context, sealedSegment);
        var chunks = sealedSegment[ChunkLayout.HeaderLength..];
        var at = 0;
        for (var number = 0L; !chunks.IsEmpty; number++)
        {
            var length = Math.Min(chunks.Length, ChunkLayout.SealedChunkLength);
            if (!cipher.TryOpenChunk(number, chunks[..length], destination[at..]))
            {
                CryptographicOperations.ZeroMemory(destination[..at]);
                throw Altered(context, number);
            }

            at += length - ChunkLayout.TagLength;
            chunks = chunks[length..];
        }

        return plaintextLength;
    }

    /// <summary>Opens a whole segment into a new array.</summary>
    /// <exception cref="SegmentAlteredException">The segment is not what was sealed.</exception>
    public static byte[] Open(DataKey key, in SegmentContext context, ReadOnlySpan<byte> sealedSegment)
    {
        var plaintext = GC.AllocateUninitializedArray<byte>(checked((int)LengthOf(context, sealedSegment.Length)));
        Open(key, context, sealedSegment, plaintext);
        return plaintext;
    }

    /// <summary>Opens a stream to its end, in constant memory. What was written before an altered chunk is authentic, but not the whole.</summary>
    /// <exception cref="SegmentAlteredException">The segment is not what was sealed, or its end is missing.</exception>
    public static async Task OpenAsync(DataKey key, SegmentContext context, Stream sealedSegment, Stream destination, CancellationToken cancellation)
    {
        await using var opening = new OpeningStream(key, context, sealedSegment, leaveOpen: true);
        await opening.CopyToAsync(destination, ChunkLayout.ChunkLength, cancellation);
    }

    /// <summary>Opens <paramref name="length"/> bytes from <paramref name="offset"/>, reading the header and only the chunks that they lie in.</summary>
    /// <param name="sealedLength">Length of the whole sealed segment, as the manifest has it: chunks that are not read are not authenticated.</param>
    /// <exception cref="ArgumentOutOfRangeException">The stretch is not within the plaintext.</exception>
    /// <exception cref="SegmentAlteredException">A chunk that was read is not what was sealed.</exception>
    public static async ValueTask<byte[]> OpenRangeAsync(
        DataKey key, SegmentContext context, long sealedLength, long offset, int length, ReadSealed read, CancellationToken cancellation)
    {
        var plaintextLength = LengthOf(context, sealedLength);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, plaintextLength - length);
        if (length == 0) { return []; }

        var first = offset / ChunkLayout.ChunkLength;
        var last = (offset + length - 1) / ChunkLayout.ChunkLength;
        var from = ChunkLayout.ChunkOffset(first);
        var to = Math.Min(ChunkLayout.ChunkOffset(last + 1), sealedLength);

        var header = await ReadExactlyAsync(read, context, 0, ChunkLayout.HeaderLength, cancellation);
        using var cipher = SegmentCipher.ForOpening(key, context, header.Span);
        var chunks = await ReadExactlyAsync(read, context, from, checked((int)(to - from)), cancellation);

        var plaintext = GC.AllocateUninitializedArray<byte>(checked((int)((last - first + 1) * ChunkLayout.ChunkLength)));
        for (var number = first; number <= last; number++)
        {
            var at = (int)(number - first) * ChunkLayout.SealedChunkLength;
            var sealedChunk = chunks.Span[at..Math.Min(at + ChunkLayout.SealedChunkLength, chunks.Length)];
            if (!cipher.TryOpenChunk(number, sealedChunk, plaintext.AsSpan((int)(number - first) * ChunkLayout.ChunkLength)))
            {
                CryptographicOperations.ZeroMemory(plaintext);
                throw Altered(context, number);
            }
        }

        return plaintext.AsSpan((int)(offset - first * ChunkLayout.ChunkLength), length).ToArray();
    }

    internal static long LengthOf(in SegmentContext context, long sealedLength)
    {
        try
        {
            return ChunkLayout.PlaintextLength(sealedLength);
        }
        catch (InvalidDataException impossible)
        {
            throw new SegmentAlteredException($"The {context} is altered: {impossible.Message}", impossible);
        }
    }

    internal static SegmentAlteredException Altered(in SegmentContext context, long chunk) =>
        new($"The {context} is altered: chunk {chunk} does not authenticate.");

    private static async ValueTask<ReadOnlyMemory<byte>> ReadExactlyAsync(
        ReadSealed read, SegmentContext context, long offset, int length, CancellationToken cancellation)
    {
        var bytes = await read(offset, length, cancellation);
        return bytes.Length == length
            ? bytes
            : throw new SegmentAlteredException($"The {context} is altered: {length} bytes were expected at offset {offset}, {bytes.Length} are there.");
    }
}
