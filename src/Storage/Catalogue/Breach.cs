using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>A stretch in which recordings lay open to strangers, or may have: what the register of breaches says of it (GDPR, Article 33(5)).</summary>
public sealed class Breach
{
    /// <summary>How long the organization has to notify the authority after it became aware (GDPR, Article 33(1)).</summary>
    public static readonly TimeSpan TimeToNotify = TimeSpan.FromHours(72);

    public required Guid Id { get; init; }

    /// <summary>Name of the location.</summary>
    [MaxLength(64)] public required string Location { get; init; }

    [MaxLength(63)] public required string Bucket { get; init; }

    /// <summary>When it was found: the clock runs from here.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The last look that found the bucket private; null: there was none.</summary>
    public DateTimeOffset? PrivateAt { get; init; }

    /// <summary>Names of the rules, and where each was seen.</summary>
    [MaxLength(KeptFinding.TextLimit)] public required string Found { get; init; }

    /// <summary>The first look after it that found the bucket private; null: it is still public.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public BreachState State { get; set; } = BreachState.Open;

    /// <summary>Whether the persons concerned are at risk; null: nobody has assessed it. The reason is the last <see cref="BreachNote"/> of that kind.</summary>
    public bool? Risk { get; set; }

    [MaxLength(64)] public string? AssessedBy { get; set; }
    public DateTimeOffset? AssessedAt { get; set; }

    /// <summary>When the authority was notified; null: it was not.</summary>
    public DateTimeOffset? NotifiedAt { get; set; }

    [MaxLength(64)] public string? ClosedBy { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Hours before the deadline that were announced last.</summary>
    public int? Reminded { get; set; }

    /// <summary>When closing the bucket was last tried.</summary>
    public DateTimeOffset? ClosingTriedAt { get; set; }

    /// <summary>Counts changes, so that of two at once the later one fails.</summary>
    public int Version { get; set; }

    /// <summary>Until when the authority must be notified, where there is a risk.</summary>
    public DateTimeOffset NotifyBy => OpenedAt + TimeToNotify;
}

/// <summary>Where a breach stands.</summary>
public enum BreachState
{
    Open,

    /// <summary>Somebody said whether there is a risk, and why.</summary>
    Assessed,

    /// <summary>The authority was notified.</summary>
    Notified,

    Closed,
}

/// <summary>Something that the server did or saw, in the record of a breach.</summary>
public sealed class BreachStep
{
    public required Guid Id { get; init; }
    public required Guid Breach { get; init; }
    public required DateTimeOffset At { get; init; }

    [MaxLength(KeptFinding.TextLimit)] public required string What { get; init; }

    /// <summary>Kind of the document that was changed: <c>policy</c>, <c>acl</c>, <c>pab</c>, <c>acl of …</c>.</summary>
    [MaxLength(KeptFinding.SubjectLimit)] public string? SavedKind { get; init; }

    /// <summary>The document as it was before.</summary>
    public string? Saved { get; init; }
}

/// <summary>Something that an admin or auditor wrote into the record of a breach.</summary>
public sealed class BreachNote : ISealedRow
{
    /// <summary>Characters of <see cref="Text"/>.</summary>
    public const int TextLimit = 2000;

    public required Guid Id { get; init; }
    public required Guid Breach { get; init; }
    public required DateTimeOffset At { get; init; }
    [MaxLength(64)] public required string Author { get; init; }

    /// <summary>Whether it is the reason of an assessment.</summary>
    public bool IsAssessment { get; init; }

    [NotMapped] public required string Text { get; set; }

    /// <summary><see cref="Text"/>.</summary>
    public byte[] Sealed { get; set; } = [];

    string ISealedRow.SealedFor => $"note {Id} of a breach";
    byte[] ISealedRow.WordsToSeal() => JsonSerializer.SerializeToUtf8Bytes(new BreachWords(Text), SealedWordsJson.Default.BreachWords);
    void ISealedRow.TakeOpened(ReadOnlySpan<byte> words) => Text = JsonSerializer.Deserialize(words, SealedWordsJson.Default.BreachWords)!.Text;
}

/// <summary>What lies sealed of a note.</summary>
internal sealed record BreachWords(string Text);
