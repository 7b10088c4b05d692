using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Something that a recorded person asks the organization for, and its answer.</summary>
public sealed class RequestCase : ISealedRow
{
    /// <summary>Characters of <see cref="Text"/> and of <see cref="Answer"/>.</summary>
    public const int TextLimit = 1000;

    /// <summary>Characters of <see cref="Contact"/>.</summary>
    public const int ContactLimit = 200;

    public required Guid Id { get; init; }
    public required Guid Session { get; init; }

    /// <summary>Which participant asks.</summary>
    [MaxLength(2)] public required string Participant { get; init; }

    public required RequestKind Kind { get; init; }

    /// <summary>As the person wrote it; may be empty.</summary>
    [NotMapped] public required string Text { get; set; }

    /// <summary>How the person wants to be reached; only where they gave it.</summary>
    [NotMapped] public string? Contact { get; set; }

    public required DateTimeOffset At { get; init; }
    public RequestState State { get; set; } = RequestState.Open;
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>Account that answered.</summary>
    [MaxLength(64)] public string? ClosedBy { get; set; }

    /// <summary>As the person reads it.</summary>
    [NotMapped] public string? Answer { get; set; }

    /// <summary><see cref="Text"/>, <see cref="Contact"/> and <see cref="Answer"/>.</summary>
    public byte[] Sealed { get; set; } = [];

    /// <summary>Until when it must be answered: one month (GDPR, Article 12(3)).</summary>
    public DateTimeOffset AnswerBy => At.AddMonths(1);

    string ISealedRow.SealedFor => $"request {Id}";
    byte[] ISealedRow.WordsToSeal() => JsonSerializer.SerializeToUtf8Bytes(new RequestWords(Text, Contact, Answer), SealedWordsJson.Default.RequestWords);
    void ISealedRow.TakeOpened(ReadOnlySpan<byte> words) => (Text, Contact, Answer) = JsonSerializer.Deserialize(words, SealedWordsJson.Default.RequestWords)!;
}

/// <summary>What lies sealed of a request.</summary>
internal sealed record RequestWords(string Text, string? Contact, string? Answer);

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
