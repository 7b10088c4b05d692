using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Recording;

/// <summary>POST /api/recorder/join: a recorder redeems the session's code. <paramref name="PublicKey"/> is of its session key, made for this session.</summary>
public sealed record JoinRequest(string Code, PublicSigningKey PublicKey);

/// <summary>What a recorder needs to seal and to prove itself. <paramref name="Token"/> is its bearer token for everything that follows.</summary>
public sealed record JoinAnswer(Guid Session, string Token, string Region, KekPublicKey Kek, PublicSigningKey ServerKey);

/// <summary>Event <c>control</c> of GET /api/recorder/control: what the recorder must do now.</summary>
/// <param name="Phase"><c>waiting</c>, <c>record</c>, <c>pause</c>, <c>end</c> or <c>closed</c>.</param>
/// <param name="Reason">Why it pauses or ends, as gaps and manifests say it (FORMAT.md §5).</param>
/// <param name="PersonSeenMsAgo">Milliseconds since the page of a recorded person was last heard of, of several the one that was heard of least; null: never.</param>
/// <param name="Receipt">The consent receipt that opened the session, compact JWS, once given.</param>
/// <param name="Countersignature">The server's countersignature of it, compact JWS.</param>
public sealed record ControlEvent(string Phase, string? Reason, long? PersonSeenMsAgo, string? Receipt, string? Countersignature);

/// <summary>What a recorder does.</summary>
public static class ControlPhase
{
    /// <summary>No consent yet: nothing is captured.</summary>
    public const string Waiting = "waiting";

    /// <summary>Capture, while the person is seen.</summary>
    public const string Record = "record";

    /// <summary>Capture nothing, stay ready.</summary>
    public const string Pause = "pause";

    /// <summary>Stop capturing, drain the spool, finish.</summary>
    public const string End = "end";

    /// <summary>Declined or expired: stop, there is nothing to finish.</summary>
    public const string Closed = "closed";
}

/// <summary>POST /api/recorder/addresses: where to put these objects of a track.</summary>
public sealed record AddressesRequest(string Track, [property: MinLength(1), MaxLength(AddressesRequest.MaximumNames)] IReadOnlyList<string> Names)
{
    public const int MaximumNames = 120;

    /// <summary>How long an address works: long enough for a slow line, and for a spool that drains.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);
}

/// <summary>One address a name, in the order asked for.</summary>
public sealed record AddressesAnswer(IReadOnlyList<ObjectAddress> Addresses);

/// <summary>Where one object may be put, once, with exactly these headers.</summary>
public sealed record ObjectAddress(string Name, Uri Url, IReadOnlyDictionary<string, string> Headers, DateTimeOffset ExpiresAt);

/// <summary>POST /api/recorder/commits: these segments are in the bucket.</summary>
/// <param name="First">Index of the first of them; what is committed already may be sent again, unchanged.</param>
/// <param name="Gaps">Every gap so far.</param>
/// <param name="Checkpoint">Base64url ES256 signature over the chain's head after the last of them (FORMAT.md §5).</param>
/// <param name="StartedAt">The session clock's zero.</param>
public sealed record CommitRequest(
    string Track, string MediaType, DateTimeOffset StartedAt, long First, IReadOnlyList<ManifestSegment> Segments, IReadOnlyList<Gap> Gaps, string Checkpoint);

/// <summary>How many segments of the track are committed now.</summary>
public sealed record CommitAnswer(long Committed);

/// <summary>POST /api/recorder/finish: nothing follows. <paramref name="End"/> is <c>ended</c>, <c>withdrawn</c> or <c>connection-lost</c>.</summary>
public sealed record FinishRequest(string End, IReadOnlyList<FinishedTrack> Tracks);

/// <summary>A track that is whole: how many segments it has, and whether its writer signed and put the manifest.</summary>
public sealed record FinishedTrack(string Track, long Segments, bool Manifest);

/// <summary>The session's state after finishing: <c>recorded</c>, <c>partial</c>, <c>failed</c> or <c>lost</c>.</summary>
public sealed record FinishAnswer(string State);

/// <summary>How the messages between recorder and server are written and read.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(ControlEvent))]
[JsonSerializable(typeof(AddressesRequest))]
[JsonSerializable(typeof(AddressesAnswer))]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(CommitAnswer))]
[JsonSerializable(typeof(FinishRequest))]
[JsonSerializable(typeof(FinishAnswer))]
public sealed partial class RecordingJson : JsonSerializerContext;
