using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A copy of a recording that somebody asked for: one zip, sealed for them in the bucket, for some hours.</summary>
/// <remarks>Source: FORMAT.md §6, "Exports".</remarks>
public sealed class RecordingExport
{
    public required Guid Id { get; init; }
    public required Guid Session { get; init; }

    /// <summary>Account that asked for it, and the only one that can have it.</summary>
    [MaxLength(64)] public required string Requester { get; init; }

    [MaxLength(80)] public required string Purpose { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Names of the tracks in it, with a space between two.</summary>
    [MaxLength(80)] public required string Tracks { get; init; }

    public ExportState State { get; set; } = ExportState.Approved;

    /// <summary>Counts changes, so that of two at once the later one fails.</summary>
    public int Version { get; set; }

    [MaxLength(64)] public string? ApprovedBy { get; set; }
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Whether viewer, time and number are burned into the video: what the policy said when it was built.</summary>
    public bool Watermark { get; set; }

    /// <summary>The builder that has it, while it is built.</summary>
    public Guid? Builder { get; set; }

    /// <summary>Until when the builder counts as alive.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>How far it is: 0 to 100.</summary>
    public int Percent { get; set; }

    /// <summary>Whether something of it may lie in the bucket.</summary>
    public bool Stored { get; set; }

    /// <summary><see cref="Catalogue.ExpiryKey.Id"/> of the month's key that its data key is wrapped for; null: the location's own key.</summary>
    public Guid? ExpiryKey { get; set; }

    /// <summary>Bytes of the zip.</summary>
    public long Size { get; set; }

    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>From when on nobody gets it any more, whatever was downloaded.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Downloads that were begun.</summary>
    public int Downloads { get; set; }

    /// <summary>Why it failed, in words.</summary>
    [MaxLength(400)] public string? Detail { get; set; }
}

/// <summary>Where an export stands.</summary>
public enum ExportState
{
    /// <summary>Approved: the next server that is free builds it.</summary>
    Approved,

    Building,

    /// <summary>Sealed, and there to be downloaded.</summary>
    Ready,

    /// <summary>It could not be built. Nothing of it can be read; it can be asked for again.</summary>
    Failed,

    /// <summary>Its time is over: nothing of it is there any more.</summary>
    Gone,
}
