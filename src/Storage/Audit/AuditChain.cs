using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>The hash of an audit row, which covers the row before it.</summary>
/// <remarks>Source: FORMAT.md §10, "Rows and their chain". Length of a hash: 32 bytes.</remarks>
public static class AuditChain
{
    /// <summary>Length of a row's salt in bytes.</summary>
    public const int SaltLength = 16;

    /// <summary>Length of a hash in bytes.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>What stands for the hash of the row before the first one: zeros.</summary>
    public static ReadOnlyMemory<byte> Start { get; } = new byte[HashLength];

    /// <summary>SHA-256 over the canonical encoding of everything that the row says.</summary>
    /// <param name="previous">The hash of the row before it.</param>
    /// <param name="sequence">The number that it has, or is tried as.</param>
    public static byte[] HashOf(ReadOnlySpan<byte> previous, long sequence, ReadOnlySpan<byte> salt, AuditRow row)
    {
        using var encoded = new MemoryStream(512);
        encoded.Write("secure-recorder/audit/1\0"u8);
        encoded.Write(previous);
        Write(encoded, sequence);
        encoded.Write(salt);
        Write(encoded, row.At.ToUnixTimeMilliseconds());
        Write(encoded, row.Actor);
        Write(encoded, row.Action);
        Write(encoded, row.Session);
        Write(encoded, row.Outcome);
        Write(encoded, row.Detail);
        Write(encoded, row.Address);
        return SHA256.HashData(encoded.GetBuffer().AsSpan(0, (int)encoded.Length));
    }

    /// <summary>A text as every database keeps it: without NUL, at which some readers stop, and without halves of surrogate pairs, which UTF-8 has not.</summary>
    public static string? Storable(string? text)
    {
        if (text is null || (!text.Contains('\0', StringComparison.Ordinal) && !text.Any(char.IsSurrogate))) { return text; }
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }

    private static void Write(MemoryStream encoded, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        encoded.Write(bytes);
    }

    private static void Write(MemoryStream encoded, Guid? id)
    {
        encoded.WriteByte(id is null ? (byte)0 : (byte)1);
        if (id is { } present) { encoded.Write(present.ToByteArray(bigEndian: true)); }
    }

    private static void Write(MemoryStream encoded, string? text)
    {
        encoded.WriteByte(text is null ? (byte)0 : (byte)1);
        if (text is null) { return; }

        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        encoded.Write(length);
        encoded.Write(bytes);
    }
}
