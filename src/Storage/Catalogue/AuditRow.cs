using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>One thing that somebody did. Rows are only ever added, and commit before the effect that they record.</summary>
public sealed class AuditRow
{
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
}
