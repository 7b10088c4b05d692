using System.Security.Cryptography;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Sealing;

/// <summary>The 256-bit key of one track of one session. It lives in memory only and is zeroed when disposed.</summary>
/// <remarks>
/// The bytes are pinned, so that the garbage collector leaves no copy behind, and padded with zeros to
/// <see cref="PaddedLength"/>: <c>HKDF.Expand</c> refuses keys below the digest's length, and HMAC pads with zeros anyway.
/// </remarks>
public sealed class DataKey : IDisposable
{
    /// <summary>Length of a data key in bytes.</summary>
    public const int Length = 32;

    internal const int PaddedLength = 64;

    private readonly byte[] _padded = GC.AllocateArray<byte>(PaddedLength, pinned: true);
    private int _disposed;

    private DataKey() => KeyMetrics.Opened();

    /// <summary>A new random key.</summary>
    public static DataKey Create()
    {
        var key = new DataKey();
        RandomNumberGenerator.Fill(key._padded.AsSpan(0, Length));
        return key;
    }

    /// <summary>Takes a copy of these <see cref="Length"/> bytes. The caller zeroes its own.</summary>
    /// <param name="unwrappedAt">Timestamp of the clock at which a vault unwrapped it.</param>
    /// <exception cref="ArgumentException">Not <see cref="Length"/> bytes.</exception>
    public static DataKey From(ReadOnlySpan<byte> bytes, long? unwrappedAt = null)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A data key has {Length} bytes; this has {bytes.Length}.", nameof(bytes));
        }

        var key = new DataKey { UnwrappedAt = unwrappedAt };
        bytes.CopyTo(key._padded);
        return key;
    }

    /// <summary>Timestamp at which a vault unwrapped it, where it is a copy of one that is kept: whoever keeps this one counts from then.</summary>
    internal long? UnwrappedAt { get; private init; }

    /// <summary>The <see cref="Length"/> bytes. Never copied to where they are not zeroed.</summary>
    /// <exception cref="ObjectDisposedException">The key was zeroed.</exception>
    internal ReadOnlySpan<byte> Bytes => Padded[..Length];

    internal ReadOnlySpan<byte> Padded
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return _padded;
        }
    }

    /// <summary>Whether it is the same key, in constant time.</summary>
    /// <exception cref="ObjectDisposedException">One of them was zeroed.</exception>
    public bool HasSameBytesAs(DataKey other) => CryptographicOperations.FixedTimeEquals(Bytes, other.Bytes);

    /// <summary>Zeroes the key.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            CryptographicOperations.ZeroMemory(_padded);
            KeyMetrics.Zeroed();
        }
    }
}
