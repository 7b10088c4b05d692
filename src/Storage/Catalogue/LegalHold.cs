using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>An order to keep sessions whatever else says that they go: it wins over their date, over a withdrawal and over a purge that is running. One person can place it, two lift it. Rows are never removed.</summary>
/// <remarks>It holds one session, or those to which all that it names applies, also those that are recorded later. Which sessions those are is asked with <see cref="HeldSessions"/>.</remarks>
public sealed class LegalHold : ISealedRow
{
    /// <summary>Characters of <see cref="Reason"/> and of <see cref="LiftReason"/>.</summary>
    public const int ReasonLimit = 500;

    public required Guid Id { get; init; }

    /// <summary>The one session; then nothing else is named.</summary>
    public Guid? Session { get; init; }

    public int? Team { get; init; }
    [MaxLength(SessionLabel.NameLimit)] public string? Label { get; init; }

    /// <summary>Sessions that were started from here on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Sessions that were started before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Account that answers for it.</summary>
    [MaxLength(64)] public required string Owner { get; set; }

    /// <summary>When its owner looks again whether it is still needed. It does not end by itself.</summary>
    public required DateTimeOffset ReviewAt { get; set; }

    /// <summary>Account that placed it.</summary>
    [MaxLength(64)] public required string PlacedBy { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }

    /// <summary>Why; it may name people, and lies sealed.</summary>
    [NotMapped] public required string Reason { get; set; }

    /// <summary>Account that asks to lift it: another one confirms.</summary>
    [MaxLength(64)] public string? LiftAskedBy { get; set; }

    public DateTimeOffset? LiftAskedAt { get; set; }

    /// <summary>Why it is to be lifted; sealed too.</summary>
    [NotMapped] public string? LiftReason { get; set; }

    /// <summary>Account that confirmed, never the one that asked.</summary>
    [MaxLength(64)] public string? LiftedBy { get; set; }

    /// <summary>Null: it holds.</summary>
    public DateTimeOffset? LiftedAt { get; set; }

    /// <summary><see cref="Reason"/> and <see cref="LiftReason"/>.</summary>
    public byte[] Sealed { get; set; } = [];

    string ISealedRow.SealedFor => $"legal hold {Id}";
    byte[] ISealedRow.WordsToSeal() => JsonSerializer.SerializeToUtf8Bytes(new HoldWords(Reason, LiftReason), SealedWordsJson.Default.HoldWords);
    void ISealedRow.TakeOpened(ReadOnlySpan<byte> words) => (Reason, LiftReason) = JsonSerializer.Deserialize(words, SealedWordsJson.Default.HoldWords)!;
}

/// <summary>What lies sealed of a hold.</summary>
internal sealed record HoldWords(string Reason, string? LiftReason);
