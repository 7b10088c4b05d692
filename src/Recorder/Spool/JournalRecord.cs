using System.Text.Json.Serialization;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>One line of a session's journal: exactly one of its members. What it says lies in the clear: no content, no key, no token, no name.</summary>
internal sealed record JournalRecord
{
    public JournalSession? Session { get; init; }
    public JournalTrack? Track { get; init; }
    public JournalSegment? Segment { get; init; }
    public JournalCommit? Committed { get; init; }
    public Gap? Gap { get; init; }

    /// <summary>One of <see cref="TrackEnd"/>: nothing more will be captured.</summary>
    public string? End { get; init; }
}

/// <summary>The first line.</summary>
internal sealed record JournalSession(Guid Id, Uri Server, string Region);

/// <summary>A track begins. Its <c>key.json</c> lies beside its segments until it is stored.</summary>
internal sealed record JournalTrack(string Name, string MediaType, DateTimeOffset StartedAt);

/// <summary>A segment was sealed; its file was written before this line. <paramref name="Checkpoint"/> is the writer's signature over the chain up to it.</summary>
internal sealed record JournalSegment(string Track, ManifestSegment Entry, string Checkpoint);

/// <summary>The server acknowledged this many segments of the track; their files may be gone.</summary>
internal sealed record JournalCommit(string Track, long Count);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
