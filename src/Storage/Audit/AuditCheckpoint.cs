using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Audit;

/// <summary>The server's word which rows the audit trail had, written once into the bucket, where whoever changes the catalogue does not change it.</summary>
/// <param name="Number">0 and so on, without holes.</param>
/// <param name="Before">Base64url SHA-256 of the checkpoint before this one; empty in the first.</param>
/// <param name="First">Sequence number of its first row: the one after the last of the checkpoint before.</param>
/// <param name="Last">Sequence number of its last row.</param>
/// <param name="Count">How many rows.</param>
/// <param name="Hash">Base64url of the last row's hash.</param>
/// <param name="Hashes">Base64url of the hashes of all its rows, 32 bytes each, in order.</param>
/// <param name="Rows">Where the rows themselves are, sealed.</param>
/// <remarks>Source: FORMAT.md §10, "Checkpoints". It names nobody: every hash is salted.</remarks>
public sealed record AuditCheckpoint(
    string Format, long Number, string Before, long First, long Last, long Count, string Hash, string Hashes,
    [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At, SealedAuditRows Rows)
{
    public const string FormatName = "secure-recorder/audit-checkpoint/1";
    public const string JwsType = "secure-recorder-audit-checkpoint+jws";

    /// <summary>Rows that one checkpoint has at most.</summary>
    public const int MaximumRows = 5000;

    /// <summary>Bytes that its object has at most.</summary>
    public const int SizeLimit = 1 << 20;

    public const string Prefix = "audit/";

    /// <summary>The track whose name the sealing of rows is bound to.</summary>
    public static readonly TrackName Track = new("audit");

    /// <summary>The checkpoint's object.</summary>
    public static string ObjectName(long number) => $"{Prefix}{number:D8}.jws";

    /// <summary>The number of the checkpoint that has this object.</summary>
    public static bool TryParse(string name, out long number)
    {
        number = -1;
        var last = name.AsSpan()[(name.LastIndexOf('/') + 1)..];
        return last.Length == 12 && last.EndsWith(".jws", StringComparison.Ordinal) && last[..8].IndexOfAnyExceptInRange('0', '9') < 0 && long.TryParse(last[..8], out number);
    }

    /// <summary>The wrapped data key of sealed rows.</summary>
    public static string KeyObject(Guid id) => $"{Prefix}{id:D}/{TrackObjects.KeyFile}";

    /// <summary>The sealed rows.</summary>
    public static string RowsObject(Guid id) => $"{Prefix}{id:D}/{TrackObjects.SegmentName(0)}";

    /// <summary>The hash of the row with this number, 32 bytes.</summary>
    public byte[] HashOf(long sequence) => StrictBase64Url.Decode(Hashes).AsSpan((int)(sequence - First) * AuditChain.HashLength, AuditChain.HashLength).ToArray();

    /// <summary>Signs it: the compact JWS.</summary>
    public string Sign(SigningKey server) => Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.AuditCheckpoint), JwsType, server);

    /// <summary>What the next checkpoint has as <see cref="Before"/>.</summary>
    public static string DigestOf(string compactJws) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(compactJws)));

    /// <summary>Checks the signature, who made it, and everything that can be checked without another checkpoint or a row.</summary>
    /// <param name="number">The number that its object's name says.</param>
    /// <param name="signer">Thumbprint of the server's key.</param>
    /// <exception cref="TrackAlteredException">It is not this server's checkpoint with this number.</exception>
    public static AuditCheckpoint Verify(string compactJws, long number, string signer) => Verify(compactJws, number, [signer]);

    /// <param name="signers">Thumbprints of the server's keys: its own, and those of the servers before it.</param>
    /// <inheritdoc cref="Verify(string, long, string)"/>
    public static AuditCheckpoint Verify(string compactJws, long number, IReadOnlyCollection<string> signers)
    {
        var verified = Jws.Verify(compactJws, JwsType);
        if (!signers.Contains(verified.Key.Thumbprint)) { throw new TrackAlteredException($"Checkpoint {number} is signed by '{verified.Key.Thumbprint}', not by the server's key '{string.Join("' or '", signers)}'."); }

        try
        {
            var checkpoint = JsonSerializer.Deserialize(verified.Payload, FormatJson.Default.AuditCheckpoint) ?? throw new FormatException("it is empty");
            if (checkpoint.Format != FormatName) { throw new FormatException($"its format is '{checkpoint.Format}'"); }
            if (checkpoint.Number != number) { throw new FormatException($"it has the number {checkpoint.Number}"); }
            if (checkpoint.First < 1 || checkpoint.Count is < 1 or > MaximumRows || checkpoint.Last - checkpoint.First + 1 != checkpoint.Count) { throw new FormatException($"it counts {checkpoint.Count} rows from {checkpoint.First} to {checkpoint.Last}"); }

            var hashes = StrictBase64Url.Decode(checkpoint.Hashes);
            if (hashes.Length != checkpoint.Count * AuditChain.HashLength) { throw new FormatException($"it has {hashes.Length} bytes of hashes for {checkpoint.Count} rows"); }
            if (!hashes.AsSpan(^AuditChain.HashLength..).SequenceEqual(StrictBase64Url.Decode(checkpoint.Hash))) { throw new FormatException("its hash is not that of its last row"); }
            return checkpoint;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException)
        {
            throw new TrackAlteredException($"Checkpoint {number} is not what FORMAT.md §10 says: {malformed.Message}.", malformed);
        }
    }
}

/// <summary>The rows of a checkpoint, sealed as segment 0 of the track <c>audit</c> of this id, under the hash of the last row.</summary>
/// <param name="Size">Bytes of the sealed object.</param>
/// <param name="Sha256">Base64url SHA-256 of the sealed object.</param>
public sealed record SealedAuditRows(Guid Id, long Size, string Sha256);
