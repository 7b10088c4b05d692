using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Something that one person asks for and a second one decides: it is good for one act, for a short time.</summary>
public sealed class Approval
{
    /// <summary>Characters of <see cref="Note"/> and <see cref="Reason"/>.</summary>
    public const int TextLimit = 200;

    public required Guid Id { get; init; }
    public required ApprovalKind Kind { get; init; }
    public required Guid Session { get; init; }

    /// <summary>Account that asks; it never decides.</summary>
    [MaxLength(64)] public required string Requester { get; init; }

    /// <summary>One of the purposes of the session's notice.</summary>
    [MaxLength(80)] public required string Purpose { get; init; }

    /// <summary>What else the requester tells who decides.</summary>
    [MaxLength(TextLimit)] public string? Note { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Until when it can be decided while it is asked; until when it can be used once it is approved.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    public ApprovalState State { get; set; } = ApprovalState.Asked;

    /// <summary>Account that decided.</summary>
    [MaxLength(64)] public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Why it was refused, or what the approver adds.</summary>
    [MaxLength(TextLimit)] public string? Reason { get; set; }

    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>Uses it up. Saved together with what it allows; of two uses at once only the first one is saved.</summary>
    /// <exception cref="InvalidOperationException">It is not approved, or its time is over.</exception>
    public void Use(DateTimeOffset now)
    {
        if (State is not ApprovalState.Approved || ExpiresAt <= now) { throw new InvalidOperationException($"Approval {Id} is {State} and good until {ExpiresAt:O}: it cannot be used."); }

        (State, UsedAt) = (ApprovalState.Used, now);
    }
}

/// <summary>What is asked for.</summary>
public enum ApprovalKind
{
    /// <summary>To replay a sensitive session once.</summary>
    Replay,

    /// <summary>To export a recording once.</summary>
    Export,
}

/// <summary>Where a request stands.</summary>
public enum ApprovalState
{
    Asked,
    Approved,
    Refused,

    /// <summary>Approved, and used up.</summary>
    Used,
}
