using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A right to watch sessions that somebody else started: to one account or to the members of a team, until it expires or is revoked. Rows are never removed.</summary>
public sealed class Entitlement
{
    /// <summary>Characters of a reason.</summary>
    public const int ReasonLimit = 200;

    public required Guid Id { get; init; }

    /// <summary>User name of whom it is for; null: for <see cref="Team"/>.</summary>
    [MaxLength(64)] public string? Account { get; init; }

    /// <summary>Number of the team whose members, as they are when they watch, it is for.</summary>
    public int? Team { get; init; }

    /// <summary>Which of the three below says what may be watched.</summary>
    public required EntitlementScope Scope { get; init; }

    public int? ScopeTeam { get; init; }
    [MaxLength(SessionLabel.NameLimit)] public string? ScopeLabel { get; init; }
    public Guid? ScopeSession { get; init; }

    /// <summary>Whether it is to the tracks <c>video</c> and <c>thumbnails</c>.</summary>
    public required bool Video { get; init; }

    /// <summary>Whether it is to the track <c>chat</c>.</summary>
    public required bool Chat { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Account that gave it.</summary>
    [MaxLength(64)] public required string GrantedBy { get; init; }

    public required DateTimeOffset GrantedAt { get; init; }

    /// <summary>Why, in the words of who gave it.</summary>
    [MaxLength(ReasonLimit)] public required string Reason { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Account that took it away.</summary>
    [MaxLength(64)] public string? RevokedBy { get; set; }
}

/// <summary>Whose sessions an entitlement is to.</summary>
public enum EntitlementScope
{
    /// <summary>All sessions that were started for a team.</summary>
    Team,

    /// <summary>All sessions with a label.</summary>
    Label,

    /// <summary>One session.</summary>
    Session,
}
