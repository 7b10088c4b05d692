using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>One thing that somebody did. Rows are only ever added, and commit before the effect that they record.</summary>
/// <remarks>Source: FORMAT.md §10. Number, salt and hashes are given when it is saved.</remarks>
public sealed class AuditRow
{
    /// <summary>Its sequence number: 1 and so on, without holes.</summary>
    public long Id { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>An account, <c>participant</c>, <c>recorder</c> or <c>server</c>.</summary>
    [MaxLength(64)] public required string Actor { get; init; }

    /// <summary>What was done, as <c>thing.verb</c>: <c>replay.opened</c>.</summary>
    [MaxLength(64)] public required string Action { get; init; }

    public Guid? Session { get; init; }

    /// <summary><c>allowed</c>, <c>refused</c> or <c>failed</c>.</summary>
    [MaxLength(16)] public required string Outcome { get; init; }

    /// <summary>Purpose or reason.</summary>
    [MaxLength(400)] public string? Detail { get; init; }

    /// <summary>Where a recorded person acted from, as far as the organization keeps that: an address, a network (<c>203.0.113.0/24</c>), or nothing.</summary>
    [MaxLength(45)] public string? Address { get; init; }

    /// <summary>16 random bytes: nobody can find out from its hash what a row says.</summary>
    [MaxLength(16)] public byte[]? Salt { get; init; }

    /// <summary>The hash of the row before it, 32 bytes.</summary>
    [MaxLength(32)] public byte[]? Previous { get; init; }

    /// <summary>32 bytes. <see langword="null"/> only in rows of versions that did not chain them yet.</summary>
    [MaxLength(32)] public byte[]? Hash { get; init; }
}

/// <summary>How far something has come along the audit trail: <c>syslog</c>, <c>checkpoint</c>.</summary>
public sealed class AuditCursor
{
    [MaxLength(32)] public required string Name { get; init; }

    /// <summary>Sequence number of the last row that is done.</summary>
    public long Sequence { get; set; }

    /// <summary>Of checkpoints: how many there are.</summary>
    public long Number { get; set; }
}

/// <summary>A viewer's right to replay one session for one purpose, until it expires.</summary>
public sealed class ReplayGrant
{
    public required Guid Id { get; init; }
    public required Guid Session { get; init; }
    [MaxLength(64)] public required string Viewer { get; init; }
    [MaxLength(80)] public required string Purpose { get; init; }
    public required DateTimeOffset GrantedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>The approval that it used up; null: opened without one.</summary>
    public Guid? Approval { get; init; }
}
