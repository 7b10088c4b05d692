using System.Text.Json;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>What was found of one session, and what was written of it: <c>report.json</c> of its folder.</summary>
/// <param name="Status">The worst of its tracks: a <see cref="RecoveryStatus"/>.</param>
/// <param name="Objects">Base64url digest over the names and sizes of its objects and the content of its manifests: whether it changed since.</param>
/// <param name="Technician">Account that started it, as the audit trail says; null: it does not.</param>
/// <param name="ServerKey">Thumbprint of the key that countersigned the receipt and must have signed what the server wrote; null: no receipt opens.</param>
/// <param name="ServerKeyIsPinned">Whether it was given with <c>--server-key</c>.</param>
/// <param name="Findings">What concerns no single track.</param>
internal sealed record SessionReport(
    string Format, Guid Session, string Status, string Objects, DateTimeOffset RecoveredAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Region, string? Controller, string? Technician,
    string? ServerKey, bool ServerKeyIsPinned, IReadOnlyList<string> Findings, IReadOnlyList<TrackReport> Tracks, IReadOnlyList<ReceiptReport> Receipts, IReadOnlyList<FileReport> Files)
{
    public const string FormatName = "secure-recorder/recovery/1";
    public const string FileName = "report.json";
    public const string TextName = "report.txt";

    /// <summary>A report of an earlier run; null: it is none.</summary>
    public static SessionReport? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RecoveryJson.Default.SessionReport) is { Format: FormatName } report ? report : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One track.</summary>
/// <param name="Writer"><c>recorder</c> or <c>server</c>, as its manifest says; null: it has none.</param>
/// <param name="Signer">Thumbprint of the key that signed its manifest.</param>
/// <param name="Segments">That its manifest lists; without one, that were found.</param>
/// <param name="Opened">Segments that opened and are what was signed.</param>
/// <param name="Size">Sealed bytes of those.</param>
/// <param name="Chain">Base64url of the chain's head over all segments.</param>
/// <param name="ManifestSha256">Base64url digest of <c>manifest.jws</c>.</param>
/// <param name="Findings">What is wrong with it, and what was not written because of it.</param>
internal sealed record TrackReport(
    string Track, string Status, string? MediaType, string? Writer, string? Signer, string? End, long Segments, long Opened, long Size, string? Chain, string? ManifestSha256,
    IReadOnlyList<Gap> Gaps, IReadOnlyList<string> Findings);

/// <summary>One receipt or withdrawal. Without a <paramref name="Finding"/> both its signatures match, and the notice's text is the one that it names.</summary>
internal sealed record ReceiptReport(string File, string? Participant, string? Decision, DateTimeOffset? SignedAt, DateTimeOffset? ConfirmedAt, string? DeviceKey, string? ServerKey, string? Finding);

/// <summary>A file of the session's folder. <paramref name="Sha256"/>: base64url.</summary>
internal sealed record FileReport(string Name, long Size, string Sha256);

/// <summary>All of a run: <c>report.json</c> of the folder.</summary>
/// <param name="ServerKeys">Thumbprints of all keys that countersigned, with how many sessions each: more than one is to be explained.</param>
/// <param name="Deleted">Sessions of which a deletion certificate says that they are gone.</param>
/// <param name="AuditTrail">How far the audit trail could be read from the bucket, in words.</param>
internal sealed record RecoveryReport(
    string Format, string Bucket, string Kek, DateTimeOffset At, string Status, IReadOnlyDictionary<string, int> Counts, IReadOnlyDictionary<string, int> ServerKeys,
    string AuditTrail, IReadOnlyList<Guid> Deleted, IReadOnlyList<SessionLine> Sessions);

/// <summary>One session within all of a run. <paramref name="Note"/>: what is to be said of it beside its own report.</summary>
internal sealed record SessionLine(Guid Session, string Status, string? Note);

/// <summary>What can be said of a session or a track, from good to bad.</summary>
internal static class RecoveryStatus
{
    public const string Verified = "verified";
    public const string Incomplete = "incomplete";
    public const string Altered = "altered";
    public const string Unreadable = "unreadable";

    /// <summary>It changed in the bucket since it was recovered; the earlier files were left as they are.</summary>
    public const string Changed = "changed";

    /// <summary>The bucket refused one of its objects; nothing was written.</summary>
    public const string NotRead = "not-read";

    private static readonly string[] FromGoodToBad = [Verified, Incomplete, Changed, Altered, Unreadable, NotRead];

    public static string Of(TrackStatus status) => status.ToString().ToLowerInvariant();

    public static string Worst(IEnumerable<string> statuses) => statuses.MaxBy(status => Array.IndexOf(FromGoodToBad, status)) ?? Verified;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionReport))]
[JsonSerializable(typeof(RecoveryReport))]
internal sealed partial class RecoveryJson : JsonSerializerContext;
