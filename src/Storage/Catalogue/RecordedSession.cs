using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>One support session. Codes and tokens are kept as keyed hashes only; no name or address of a recorded person is here.</summary>
public sealed class RecordedSession
{
    /// <summary>Characters of <see cref="Ticket"/>.</summary>
    public const int TicketLimit = 120;

    public required Guid Id { get; init; }

    /// <summary>Account that started it.</summary>
    [MaxLength(64)] public required string Technician { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Ticket or subject, as the technician typed it; never of the recorded person.</summary>
    [MaxLength(TicketLimit)]
    public string? Ticket
    {
        get;
        set => (field, TicketKey) = (value, KeyOfTicket(value));
    }

    /// <summary><see cref="Ticket"/> as it is searched: in small letters. Follows it by itself.</summary>
    [MaxLength(TicketLimit)] public string? TicketKey { get; private set; }

    /// <summary>Name of the label that the technician chose, from the organization's list; null: none. Rights can be given by label.</summary>
    [MaxLength(60)] public string? Label { get; set; }

    /// <summary>Team for which the technician started it; null: none. Its name is with the accounts.</summary>
    public int? Team { get; init; }

    /// <summary>What becomes of its chat: fixed at the start, so that it stays what the notice says.</summary>
    public ChatKeeping Chat { get; init; } = ChatKeeping.Session;

    /// <summary>What becomes of what is written from now on: when the recording is over, nothing is added to it.</summary>
    public ChatKeeping ChatFromNow => Chat is ChatKeeping.Recording && (End is not null || State is SessionState.Declined or SessionState.Expired) ? ChatKeeping.Session : Chat;

    public SessionState State { get; set; } = SessionState.Invited;

    /// <summary>Counts changes, so that two answers at once cannot both win.</summary>
    public int Version { get; set; }

    /// <summary>When the technician accepted that they are recorded too.</summary>
    public DateTimeOffset? TechnicianAcceptedAt { get; init; }

    /// <summary>HMAC-SHA-256 of the code with which a recorder joins; empty once one has.</summary>
    public byte[] CodeHash { get; set; } = [];

    public required DateTimeOffset CodeExpiresAt { get; set; }
    public DateTimeOffset? RecorderJoinedAt { get; set; }

    /// <summary>SHA-256 of the recorder's bearer token.</summary>
    public byte[]? RecorderTokenHash { get; set; }

    /// <summary>The recorder's session key, JWK as JSON: its checkpoints and manifests are checked against it.</summary>
    [MaxLength(400)] public string? RecorderKey { get; set; }

    /// <summary>SHA-256 of the compact JWS of the receipt that opened the session, whoever gave it (FORMAT.md §4).</summary>
    public byte[]? ConsentDigest { get; set; }

    /// <summary>When the first participant allowed it.</summary>
    public DateTimeOffset? ConsentAt { get; set; }

    [MaxLength(64)] public required string Region { get; init; }

    /// <summary>Name of the location that it is recorded into.</summary>
    [MaxLength(40)] public string Location { get; set; } = Locations.Location.Main;

    /// <summary>Whether its data keys are wrapped for keys that are destroyed with the month in which it expires: as the location was set when it started.</summary>
    public bool KeysExpire { get; init; }

    /// <summary><see cref="RetentionPolicy.Id"/> of the version that its notice shows; null: it is from before there were policies.</summary>
    public int? Policy { get; init; }

    /// <summary><see cref="RetentionPolicy.Id"/> of the version that an admin applied afterwards and that changed its dates; null: they are as the notice shows.</summary>
    public int? DatedBy { get; set; }

    /// <summary>The day (since 1970-01-01, UTC) on which the first person was shown the notice: dates count from it.</summary>
    public int? ShownDay { get; set; }

    /// <summary>Until when the last of it is kept: as the notice showed it to everybody, or earlier. Null: the notice named no date.</summary>
    public DateTimeOffset? KeepUntil { get; set; }

    /// <summary>Bytes of the tracks that have no date of their own: what goes on its own date. Known once it is over.</summary>
    public long LastSize { get; set; }

    /// <summary>Gap reason while paused.</summary>
    [MaxLength(32)] public string? PausedBecause { get; set; }

    /// <summary>Whether the technician paused it and has not resumed it.</summary>
    public bool PausedByTechnician { get; set; }

    /// <summary>How it ended (FORMAT.md §5), once it is ending.</summary>
    [MaxLength(32)] public string? End { get; set; }

    /// <summary>The session clock's zero.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When the recorder was last heard of.</summary>
    public DateTimeOffset? RecorderSeenAt { get; set; }

    /// <summary>Why it is partial, failed or lost, in words.</summary>
    [MaxLength(400)] public string? Detail { get; set; }

    public ICollection<Participant> Participants { get; init; } = new List<Participant>();

    public ICollection<RecordedTrack> Tracks { get; init; } = new List<RecordedTrack>();

    /// <summary>A ticket, or the beginning of one, as it is compared.</summary>
    [return: NotNullIfNotNull(nameof(ticket))]
    public static string? KeyOfTicket(string? ticket) => ticket?.ToLowerInvariant();
}

/// <summary>One track of a session. Segment lists live in the manifest; here is only what lists and checks need.</summary>
public sealed class RecordedTrack
{
    public required Guid Session { get; init; }
    [MaxLength(32)] public required string Name { get; init; }
    [MaxLength(80)] public required string MediaType { get; set; }

    /// <summary>Committed segments; the next index.</summary>
    public long Segments { get; set; }

    /// <summary>Bytes of the sealed segments.</summary>
    public long Size { get; set; }

    /// <summary>Seconds on the session's clock at which its last segment ends.</summary>
    public double Duration { get; set; }

    /// <summary>Gaps so far, as the manifest will have them, JSON.</summary>
    public string Gaps { get; set; } = "[]";

    /// <summary><see cref="Gaps"/>, read.</summary>
    public IReadOnlyList<Gap> ReadGaps() => JsonSerializer.Deserialize(Gaps, FormatJson.Default.IReadOnlyListGap) ?? [];

    /// <summary>Replaces <see cref="Gaps"/>.</summary>
    public void WriteGaps(IReadOnlyList<Gap> gaps) => Gaps = JsonSerializer.Serialize(gaps, FormatJson.Default.IReadOnlyListGap);

    /// <summary>The last checkpoint (ES256 signature), of the head after <see cref="Segments"/> segments.</summary>
    public byte[]? Checkpoint { get; set; }

    /// <summary>Head of the chain after <see cref="Segments"/> segments, base64url.</summary>
    [MaxLength(64)] public string? Chain { get; set; }

    /// <summary>Whether its manifest was verified and lies in the bucket.</summary>
    public bool Finished { get; set; }

    /// <summary>Until when it is kept, where that is not as long as its session; null: as long.</summary>
    public DateTimeOffset? KeepUntil { get; set; }

    /// <summary><see cref="Catalogue.ExpiryKey.Id"/> of the month's key that its data key is wrapped for; null: the location's own key.</summary>
    public Guid? ExpiryKey { get; set; }

    /// <summary>The one that it is being wrapped for, while <see cref="RewrapUntil"/> is set; null then: the location's own key.</summary>
    public Guid? NextExpiryKey { get; set; }

    /// <summary>Its data key is being wrapped for another key: until then nothing of it is deleted. Later, whoever did it broke off, and it is begun again. Null: it is not.</summary>
    public DateTimeOffset? RewrapUntil { get; set; }

    /// <summary>Since when it counts as gone, alone, before the rest of its session: nobody replays it.</summary>
    public DateTimeOffset? PurgeBeganAt { get; set; }

    /// <summary>Since when a certificate of its own says that nothing of it is left.</summary>
    public DateTimeOffset? PurgedAt { get; set; }
}

/// <summary>A committed segment of a track without a manifest. Gone when the manifest is in the bucket.</summary>
public sealed class CommittedSegment
{
    public required Guid Session { get; init; }
    [MaxLength(32)] public required string Track { get; init; }
    public required long Index { get; init; }
    public required long Size { get; init; }
    [MaxLength(64)] public required string Sha256 { get; init; }
    public required double Start { get; init; }
    public required double Duration { get; init; }
    public required bool Key { get; init; }
}
