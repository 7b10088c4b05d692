using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What the organization says in a notice, in one language. Names of technicians, regions and dates are not here: they are put in when the notice is shown.</summary>
public sealed record NoticeWords
{
    /// <summary>Characters that a field of a published notice may have.</summary>
    public const int Longest = 1000;

    /// <summary>Characters that one purpose may have.</summary>
    public const int LongestPurpose = 80;

    /// <summary>Purposes that a notice may name.</summary>
    public const int MostPurposes = 12;

    /// <summary>The organization that records: name and address.</summary>
    public required string Controller { get; init; }

    /// <summary>Whom to ask.</summary>
    public required string Contact { get; init; }

    /// <summary>Where to complain.</summary>
    public required string ComplaintAuthority { get; init; }

    public required string What { get; init; }

    /// <summary>Said beside <see cref="What"/> where chat becomes part of the recording.</summary>
    public required string WhatChat { get; init; }

    public required string Purpose { get; init; }
    public required string LegalBasis { get; init; }
    public required string WhoMayWatch { get; init; }
    public required string Risks { get; init; }
    public required string Declining { get; init; }
    public required string Rights { get; init; }

    /// <summary>For what a recording may be watched: one purpose a line, the same ones in the same order in every language. Empty in versions that named none.</summary>
    public string Purposes { get; init; } = "";

    /// <summary><see cref="Purposes"/>, one by one.</summary>
    public IReadOnlyList<string> ReadPurposes() => Purposes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The sentence that the person ticks, or not, where special categories of data are likely on the screen; unused elsewhere.</summary>
    public required string SpecialCategories { get; init; }
}

/// <summary>A notice as it was published, in one language. Rows are only ever added: an old version renders for ever.</summary>
public sealed class PublishedNotice : ISealedRow
{
    /// <summary>Which notice, as receipts name it.</summary>
    [MaxLength(64)] public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>BCP 47.</summary>
    [MaxLength(35)] public required string Language { get; init; }

    [NotMapped] public required NoticeWords Words { get; set; }
    public byte[] Sealed { get; set; } = [];

    /// <summary>Whether the person is asked about special categories of data (health, union membership, beliefs).</summary>
    public required bool AsksSpecialCategories { get; init; }

    /// <summary>Whether the person may be a minor: then nothing is recorded before a guardian has allowed it too.</summary>
    public required bool AsksGuardian { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>An account, or <c>server</c> for the first version, which comes from the configuration.</summary>
    [MaxLength(64)] public required string PublishedBy { get; init; }

    string ISealedRow.SealedFor => $"notice {Id} version {Version} in {Language}";
    byte[] ISealedRow.WordsToSeal() => JsonSerializer.SerializeToUtf8Bytes(Words, SealedWordsJson.Default.NoticeWords);
    void ISealedRow.TakeOpened(ReadOnlySpan<byte> words) => Words = JsonSerializer.Deserialize(words, SealedWordsJson.Default.NoticeWords)!;
}

/// <summary>What the next version of a notice may say in one language. Nobody but the editor sees it.</summary>
public sealed class NoticeDraft : ISealedRow
{
    /// <summary>Characters that a field of a draft may have: more than can be published, so that nothing typed is lost.</summary>
    public const int Longest = 4 * NoticeWords.Longest;

    /// <summary>Which notice.</summary>
    [MaxLength(64)] public required string Id { get; init; }

    /// <summary>BCP 47.</summary>
    [MaxLength(35)] public required string Language { get; init; }

    /// <summary>May be unfinished: what is empty or too long stops publishing, not saving.</summary>
    [NotMapped] public required NoticeWords Words { get; set; }
    public byte[] Sealed { get; set; } = [];

    /// <summary>Whether the next version exists in this language.</summary>
    public required bool Enabled { get; set; }

    /// <summary>The same in every language of the notice.</summary>
    public required bool AsksSpecialCategories { get; set; }

    /// <summary>The same in every language of the notice.</summary>
    public required bool AsksGuardian { get; set; }

    public required DateTimeOffset SavedAt { get; set; }
    [MaxLength(64)] public required string SavedBy { get; set; }

    string ISealedRow.SealedFor => $"draft of notice {Id} in {Language}";
    byte[] ISealedRow.WordsToSeal() => JsonSerializer.SerializeToUtf8Bytes(Words, SealedWordsJson.Default.NoticeWords);
    void ISealedRow.TakeOpened(ReadOnlySpan<byte> words) => Words = JsonSerializer.Deserialize(words, SealedWordsJson.Default.NoticeWords)!;
}
