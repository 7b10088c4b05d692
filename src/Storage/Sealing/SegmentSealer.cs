using System.Security.Cryptography;

namespace SecureRecorder.Storage.Sealing;

/// <summary>Seals plaintext as one segment. Every sealing has a salt of its own, so the same plaintext never seals alike.</summary>
/// <remarks>Source: FORMAT.md §3.</remarks>
public static class SegmentSealer
{
    /// <summary>Seals a whole segment.</summary>
    /// <param name="destination">At least <see cref="ChunkLayout.SealedLength"/> bytes of the plaintext's length.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public static int Seal(DataKey key, in SegmentContext context, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> salt = stackalloc byte[ChunkLayout.SaltLength];
        RandomNumberGenerator.Fill(salt);
        return Seal(key, context, plaintext, destination, salt);
    }

    /// <summary>Seals a whole segment into a new array.</summary>
    public static byte[] Seal(DataKey key, in SegmentContext context, ReadOnlySpan<byte> plaintext)
    {
        var destination = GC.AllocateUninitializedArray<byte>(checked((int)ChunkLayout.SealedLength(plaintext.Length)));
        Seal(key, context, plaintext, destination);
        return destination;
    }

    /// <summary>Seals a stream to its end, in constant memory.</summary>
    public static async Task SealAsync(DataKey key, SegmentContext context, Stream plaintext, Stream destination, CancellationToken cancellation)
    {
        await using var sealing = new SealingStream(key, context, destination, leaveOpen: true);
        await sealing.WriteFromAsync(plaintext, cancellation);
        await sealing.CompleteAsync(cancellation);
    }

    /// <summary>With a salt that is given: only for test vectors. A salt used twice with one key and context breaks the sealing.</summary>
    internal static int Seal(DataKey key, in SegmentContext context, ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> salt)
    {
        var sealedLength = checked((int)ChunkLayout.SealedLength(plaintext.Length));
        if (destination.Length < sealedLength)
        {
            throw new ArgumentException($"The sealed segment has {sealedLength} bytes; the destination has {destination.Length}.", nameof(destination));
        }

        salt.CopyTo(destination);
        using var cipher = SegmentCipher.ForSealing(key, context, salt, destination[ChunkLayout.SaltLength..ChunkLayout.HeaderLength]);
        var at = ChunkLayout.HeaderLength;
        for (var number = 0L; ; number++)
        {
            var length = Math.Min(plaintext.Length, ChunkLayout.ChunkLength);
            cipher.SealChunk(number, plaintext[..length], destination[at..]);
            at += length + ChunkLayout.TagLength;
            if (length < ChunkLayout.ChunkLength) { return at; }
            plaintext = plaintext[length..];
        }
    }
}
