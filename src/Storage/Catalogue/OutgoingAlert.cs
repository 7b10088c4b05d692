using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Something that somebody is told, on its way to one channel. It is saved together with what it tells of, and delivered at least once.</summary>
public sealed class OutgoingAlert
{
    /// <summary>Characters of <see cref="Text"/>.</summary>
    public const int TextLimit = 4000;

    /// <summary>The same on every channel and at every try: who gets it twice can tell.</summary>
    public required Guid Id { get; init; }

    /// <summary><c>mail</c> or <c>webhook</c>.</summary>
    [MaxLength(16)] public required string Channel { get; init; }

    /// <summary>What it tells of: <c>finding.opened</c>, <c>breach.opened</c>, <c>breach.deadline</c>, <c>alert.test</c>.</summary>
    [MaxLength(64)] public required string Kind { get; init; }

    public required FindingSeverity Severity { get; init; }

    /// <summary>Name of the location; see <see cref="LocationName"/>.</summary>
    [MaxLength(64)] public required string Location { get; init; }

    [MaxLength(200)] public required string Title { get; init; }

    /// <summary>Plain text. Names nobody.</summary>
    [MaxLength(TextLimit)] public required string Text { get; init; }

    /// <summary>Path of the page that says more.</summary>
    [MaxLength(100)] public required string Page { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Tries that were begun.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before; while one tries, until when it counts as alive.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>When it was delivered, or given up; null: it is on its way.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public bool GivenUp { get; set; }

    /// <summary>What the last try came to.</summary>
    [MaxLength(400)] public string? LastError { get; set; }
}
