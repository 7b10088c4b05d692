using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>How far the purge of a session, or of one track of it, has come; afterwards, the record of it with its certificate. It names nobody.</summary>
public sealed class PurgeProgress
{
    public required Guid Id { get; init; }
    public required Guid Session { get; init; }

    /// <summary>The one track; null: all of the session.</summary>
    [MaxLength(32)] public string? Track { get; init; }

    /// <summary>Why, as the certificate says it.</summary>
    [MaxLength(32)] public required string Reason { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Where the session stood before: a hold that comes before anything was destroyed takes it back there.</summary>
    public required SessionState StateBefore { get; init; }

    /// <summary>Why it was partial, failed or lost.</summary>
    [MaxLength(400)] public string? DetailBefore { get; init; }

    /// <summary>From when on the destroying of keys may have begun. From then on nothing can be taken back.</summary>
    public DateTimeOffset? KeysFrom { get; set; }

    /// <summary>Since when no version of any key file is left.</summary>
    public DateTimeOffset? KeysDestroyedAt { get; set; }

    /// <summary>Names of objects that were deleted so far, as all of the following.</summary>
    public long Objects { get; set; }

    /// <summary>Versions with content.</summary>
    public long Versions { get; set; }

    public long DeleteMarkers { get; set; }

    /// <summary>Of all versions.</summary>
    public long Bytes { get; set; }

    /// <summary>Uploads that were begun and never completed.</summary>
    public long Uploads { get; set; }

    /// <summary>The first name in order; null: there was nothing.</summary>
    [MaxLength(200)] public string? First { get; set; }

    /// <summary>The last name in order.</summary>
    [MaxLength(200)] public string? Last { get; set; }

    /// <summary>Of a batch whose deletion was begun, and of which nobody knows yet how much was done: what it held. It is counted when that is known, also after a kill.</summary>
    public long PendingObjects { get; set; }

    public long PendingVersions { get; set; }
    public long PendingDeleteMarkers { get; set; }
    public long PendingBytes { get; set; }
    public long PendingUploads { get; set; }

    /// <summary>Its first name; null: it is the key files.</summary>
    [MaxLength(200)] public string? PendingFirst { get; set; }

    /// <summary>Its last name: all names between the two are of this batch.</summary>
    [MaxLength(200)] public string? PendingLast { get; set; }

    /// <summary>Until when whoever runs it has it alone; then, or when this is null, anybody goes on with it.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Versions and delete markers that were still there when something stopped it.</summary>
    public long Remaining { get; set; }

    /// <summary>Of <see cref="Remaining"/>, those that the bucket's Object Lock keeps.</summary>
    public long Locked { get; set; }

    /// <summary>When the lock of those that were looked at ends; null while <see cref="Locked"/>: nobody knows, a legal hold of the bucket's own has no end.</summary>
    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>Not tried again before this.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Since when a legal hold keeps what <see cref="Remaining"/> counts.</summary>
    public DateTimeOffset? HeldSince { get; set; }

    /// <summary>The signed certificate, compact JWS.</summary>
    public string? Certificate { get; set; }

    /// <summary>When it was certified; null: it is not.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
