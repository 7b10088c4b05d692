using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Something that a recorded person asks the organization for, and its answer.</summary>
public sealed class RequestCase
{
    /// <summary>Characters of <see cref="Text"/> and of <see cref="Answer"/>.</summary>
    public const int TextLimit = 1000;

    /// <summary>Characters of <see cref="Contact"/>.</summary>
    public const int ContactLimit = 200;

    public required Guid Id { get; init; }
    public required Guid Session { get; init; }
    public required RequestKind Kind { get; init; }

    /// <summary>As the person wrote it; may be empty.</summary>
    [MaxLength(TextLimit)] public required string Text { get; init; }

    /// <summary>How the person wants to be reached; only where they gave it.</summary>
    [MaxLength(ContactLimit)] public string? Contact { get; init; }

    public required DateTimeOffset At { get; init; }
    public RequestState State { get; set; } = RequestState.Open;
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Account that answered.</summary>
    [MaxLength(64)] public string? ClosedBy { get; set; }

    [MaxLength(TextLimit)] public string? Answer { get; set; }

    /// <summary>Until when it must be answered: one month (GDPR, Article 12(3)).</summary>
    public DateTimeOffset AnswerBy => At.AddMonths(1);
}

/// <summary>What a recorded person can ask for.</summary>
public enum RequestKind
{
    /// <summary>A copy of the recording.</summary>
    Copy,

    /// <summary>Its erasure.</summary>
    Erasure,

    /// <summary>Somebody else consented in their name.</summary>
    NotMe,
}

/// <summary>Where a case stands.</summary>
public enum RequestState
{
    Open,

    /// <summary>Answered.</summary>
    Closed,
}
