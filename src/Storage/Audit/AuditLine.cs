using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Audit;

/// <summary>An audit row as JSON: a line of an export, and of the rows that are sealed into the bucket.</summary>
/// <remarks>Source: FORMAT.md §10, "Sealed rows". <c>salt</c>, <c>previous</c> and <c>hash</c> are base64url.</remarks>
public sealed record AuditLine(
    long Sequence, [property: JsonConverter(typeof(FormatTimeConverter))] DateTimeOffset At, string Actor, string Action, string Outcome,
    string Salt, string Previous, string Hash, Guid? Session = null, string? Detail = null, string? Address = null)
{
    /// <exception cref="InvalidDataException">The row is not chained.</exception>
    public static AuditLine Of(AuditRow row) => row is { Salt: { } salt, Previous: { } previous, Hash: { } hash }
        ? new(row.Id, row.At, row.Actor, row.Action, row.Outcome, Base64Url.EncodeToString(salt), Base64Url.EncodeToString(previous), Base64Url.EncodeToString(hash), row.Session, row.Detail, row.Address)
        : throw new InvalidDataException($"Audit row {row.Id} is not chained.");

    /// <summary>One line of JSON Lines in UTF-8, with its line feed.</summary>
    public byte[] ToUtf8() => [.. JsonSerializer.SerializeToUtf8Bytes(this, FormatJson.Default.AuditLine), (byte)'\n'];
}
