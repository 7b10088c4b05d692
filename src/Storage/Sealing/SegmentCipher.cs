using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace SecureRecorder.Storage.Sealing;

/// <summary>The keys of one sealed segment, derived from the track's data key, a salt and the segment's context.</summary>
/// <remarks>
/// Source: FORMAT.md §3; c2sp.org/chunked-encryption v1 with SHA-512 and AEAD_AES_256_GCM.
/// HKDF-Expand-SHA-512 gives key (32) ‖ base nonce (12) ‖ commitment (32). Chunk n uses base nonce XOR n.
/// </remarks>
internal sealed class SegmentCipher : IDisposable
{
    private const int KeyLength = 32;
    private const int NonceLength = 12;

    private static readonly byte[] Label = [.. "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM"u8, 0];

    private readonly AesGcm _gcm;
    private BaseNonce _nonce;

    private SegmentCipher(AesGcm gcm, ReadOnlySpan<byte> nonce)
    {
        _gcm = gcm;
        nonce.CopyTo(_nonce);
    }

    /// <summary>Derives the keys and writes the commitment (<see cref="ChunkLayout.CommitmentLength"/> bytes).</summary>
    public static SegmentCipher ForSealing(DataKey key, in SegmentContext context, ReadOnlySpan<byte> salt, Span<byte> commitment)
    {
        Span<byte> derived = stackalloc byte[KeyLength + NonceLength + ChunkLayout.CommitmentLength];
        try
        {
            Derive(key, context, salt, derived);
            derived[(KeyLength + NonceLength)..].CopyTo(commitment);
            return new(new AesGcm(derived[..KeyLength], ChunkLayout.TagLength), derived.Slice(KeyLength, NonceLength));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Derives the keys and checks the commitment, in constant time, before anything is opened.</summary>
    /// <exception cref="SegmentAlteredException">Another key, another context, or an altered header.</exception>
    public static SegmentCipher ForOpening(DataKey key, in SegmentContext context, ReadOnlySpan<byte> header)
    {
        Span<byte> commitment = stackalloc byte[ChunkLayout.CommitmentLength];
        var cipher = ForSealing(key, context, header[..ChunkLayout.SaltLength], commitment);
        if (CryptographicOperations.FixedTimeEquals(commitment, header[ChunkLayout.SaltLength..ChunkLayout.HeaderLength]))
        {
            return cipher;
        }

        cipher.Dispose();
        throw new SegmentAlteredException($"The {context} does not open: it was sealed with another key, as another segment or under another consent, or its header was altered.");
    }

    /// <summary>Seals one chunk: <paramref name="destination"/> gets the ciphertext and its tag.</summary>
    public void SealChunk(long number, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        NonceOf(number, nonce);
        _gcm.Encrypt(nonce, plaintext, destination[..plaintext.Length], destination.Slice(plaintext.Length, ChunkLayout.TagLength));
    }

    /// <summary>Opens one chunk. Nothing is left in <paramref name="destination"/> when it does not authenticate.</summary>
    /// <returns><see langword="false"/>: the chunk was altered, exchanged or cut.</returns>
    public bool TryOpenChunk(long number, ReadOnlySpan<byte> sealedChunk, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        NonceOf(number, nonce);
        var length = sealedChunk.Length - ChunkLayout.TagLength;
        try
        {
            _gcm.Decrypt(nonce, sealedChunk[..length], sealedChunk[length..], destination[..length]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(destination[..length]);
            return false;
        }
    }

    public void Dispose()
    {
        _gcm.Dispose();
        CryptographicOperations.ZeroMemory(_nonce);
    }

    private static void Derive(DataKey key, in SegmentContext context, ReadOnlySpan<byte> salt, Span<byte> derived)
    {
        Span<byte> info = stackalloc byte[48 + ChunkLayout.SaltLength + SegmentContext.MaximumLength];
        Label.CopyTo(info);
        salt.CopyTo(info[Label.Length..]);
        var length = Label.Length + salt.Length;
        length += context.WriteTo(info[length..]);
        HKDF.Expand(HashAlgorithmName.SHA512, key.Padded, derived, info[..length]);
    }

    private void NonceOf(long number, Span<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, ChunkLayout.MaximumChunks);
        ((ReadOnlySpan<byte>)_nonce).CopyTo(nonce);
        var tail = nonce[(NonceLength - sizeof(long))..];
        BinaryPrimitives.WriteInt64BigEndian(tail, BinaryPrimitives.ReadInt64BigEndian(tail) ^ number);
    }

    [InlineArray(NonceLength)]
    private struct BaseNonce
    {
        private byte _first;
    }
}
