namespace SecureRecorder.Storage.Sealing;

/// <summary>Where chunks lie in a sealed segment. All sizes and offsets are bytes.</summary>
/// <remarks>
/// Source: FORMAT.md §3 (c2sp.org/chunked-encryption, Cobblestone-256).
/// A sealed segment is salt ‖ commitment ‖ chunks; a chunk is up to <see cref="ChunkLength"/> bytes of plaintext and a
/// tag; the last one is always shorter, and may be empty.
/// </remarks>
public static class ChunkLayout
{
    public const int SaltLength = 24;
    public const int CommitmentLength = 32;
    public const int HeaderLength = SaltLength + CommitmentLength;
    public const int ChunkLength = 16_384;
    public const int TagLength = 16;
    public const int SealedChunkLength = ChunkLength + TagLength;

    /// <summary>Chunks that a segment may have: more would let the counter reach the nonce's random part.</summary>
    public const long MaximumChunks = 1L << 38;

    /// <summary>The longest plaintext of one segment. Its last chunk is a short one.</summary>
    public const long MaximumPlaintextLength = MaximumChunks * ChunkLength - 1;

    /// <summary>Length of the sealed segment for a plaintext of this length.</summary>
    public static long SealedLength(long plaintextLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plaintextLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintextLength, MaximumPlaintextLength);
        return HeaderLength + plaintextLength + (plaintextLength / ChunkLength + 1) * TagLength;
    }

    /// <summary>Plaintext length of a sealed segment of this length, before any chunk is authenticated.</summary>
    /// <exception cref="InvalidDataException">No whole segment has this length: it was cut or padded.</exception>
    public static long PlaintextLength(long sealedLength)
    {
        var chunks = sealedLength - HeaderLength;
        var lastChunk = chunks % SealedChunkLength;
        if (chunks < TagLength || lastChunk < TagLength || chunks / SealedChunkLength >= MaximumChunks)
        {
            throw new InvalidDataException($"No sealed segment has {sealedLength} bytes: it was cut or padded.");
        }

        return chunks / SealedChunkLength * ChunkLength + lastChunk - TagLength;
    }

    /// <summary>Offset of a chunk within the sealed segment.</summary>
    public static long ChunkOffset(long number) => HeaderLength + number * SealedChunkLength;
}
