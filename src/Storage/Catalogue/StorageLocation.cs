using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A location that an org admin added, beside the one of the configuration. It can be closed, and its keys can be made to expire; nothing else of it changes. Credential and key are named here and lie in the configuration of each server.</summary>
public sealed class StorageLocation
{
    public const int NameLimit = 40;

    [MaxLength(NameLimit)] public required string Name { get; init; }
    [MaxLength(40)] public required string Region { get; init; }
    [MaxLength(300)] public required string Endpoint { get; init; }
    [MaxLength(63)] public required string Bucket { get; init; }
    [MaxLength(200)] public required string Prefix { get; init; }

    /// <summary>Name in the section <c>Credentials</c>.</summary>
    [MaxLength(NameLimit)] public required string Credential { get; init; }

    /// <summary>Name in the section <c>Keys</c>; null: the server's own key.</summary>
    [MaxLength(NameLimit)] public string? Key { get; init; }

    public bool Versioning { get; init; }
    public bool ObjectLock { get; init; }

    /// <summary>Whether the server closes the bucket by itself when it is found public.</summary>
    public bool CloseAutomatically { get; init; }

    /// <summary>Whether what is recorded there is wrapped for keys that are destroyed with the month in which it expires.</summary>
    public bool ExpiringKeys { get; set; }

    public required DateTimeOffset AddedAt { get; init; }
    [MaxLength(64)] public required string AddedBy { get; init; }

    /// <summary>Since when nothing new is recorded there.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>A region in which a team may be recorded. A team without any is recorded where <see cref="Everybody"/> is; without those, into the location of the configuration.</summary>
public sealed class RegionPin
{
    /// <summary>Stands for those without a team, and for teams without pins of their own.</summary>
    public const int Everybody = 0;

    public required int Team { get; init; }
    [MaxLength(40)] public required string Region { get; init; }
}

/// <summary>An admin's yes to delete what lies in a location and belongs to no recording. It is gone when that is.</summary>
public sealed class OrphanApproval
{
    [MaxLength(StorageLocation.NameLimit)] public required string Location { get; init; }

    /// <summary>Id of the session that the names of the objects say.</summary>
    public required Guid Session { get; init; }

    public required DateTimeOffset At { get; init; }
    [MaxLength(64)] public required string By { get; init; }
}

/// <summary>All stored recordings of a location go to another one of its region.</summary>
public sealed class LocationMove
{
    public required Guid Id { get; init; }
    [MaxLength(StorageLocation.NameLimit)] public required string From { get; init; }
    [MaxLength(StorageLocation.NameLimit)] public required string To { get; init; }
    public required DateTimeOffset At { get; init; }
    [MaxLength(64)] public required string By { get; init; }

    /// <summary>The last session that was looked at.</summary>
    public Guid? After { get; set; }

    /// <summary>Recordings that lie in <see cref="To"/> now.</summary>
    public int Moved { get; set; }

    /// <summary>When the last one had gone; null: it goes on.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>A recording that was moved, whose old place is not empty yet.</summary>
public sealed class MovedRecording
{
    public required Guid Session { get; init; }
    [MaxLength(StorageLocation.NameLimit)] public required string From { get; init; }
    [MaxLength(StorageLocation.NameLimit)] public required string To { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>What lay in the old place, as its certificate says it, JSON: counted before anything of it is deleted. Null: not counted yet.</summary>
    [MaxLength(1000)] public string? Counted { get; set; }

    public DeletedObjects? ReadCounted() => Counted is null ? null : JsonSerializer.Deserialize(Counted, FormatJson.Default.DeletedObjects);

    public void WriteCounted(DeletedObjects counted) => Counted = JsonSerializer.Serialize(counted, FormatJson.Default.DeletedObjects);
}
