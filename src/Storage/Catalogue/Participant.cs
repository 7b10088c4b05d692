using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>Somebody who is asked whether a session may be recorded. A pseudonym within the session is all that is known of them; code and token are kept as hashes only.</summary>
public sealed class Participant
{
    /// <summary>Persons that a session may have.</summary>
    public const int MostPersons = 9;

    /// <summary>The one whom a session begins with.</summary>
    public const string First = "p1";

    public required Guid Session { get; init; }

    /// <summary><c>p1</c> to <c>p9</c> of persons, <c>g1</c> to <c>g9</c> of guardians: <c>g1</c> decides beside <c>p1</c>, who is a minor.</summary>
    [MaxLength(2)] public required string Name { get; init; }

    public ParticipantState State { get; set; } = ParticipantState.Invited;

    /// <summary>HMAC-SHA-256 of the code; empty once it was redeemed, or before one was made.</summary>
    public byte[] CodeHash { get; set; } = [];

    public DateTimeOffset CodeExpiresAt { get; set; }
    public DateTimeOffset? JoinedAt { get; set; }

    /// <summary>SHA-256 of the cookie.</summary>
    public byte[]? TokenHash { get; set; }

    /// <summary>Which published notice they read: fixed when they redeem the code, whatever is published meanwhile.</summary>
    [MaxLength(64)] public string? NoticeId { get; set; }

    public int? NoticeVersion { get; set; }

    /// <summary>The language in which they read it; theirs to change until they decide.</summary>
    [MaxLength(35)] public string? NoticeLanguage { get; set; }

    /// <summary>Until when they can decide; silence is a decline.</summary>
    public DateTimeOffset? DecideUntil { get; set; }

    /// <summary>Whether nothing of this person is recorded before their guardian has allowed it too.</summary>
    public bool NeedsGuardian { get; set; }

    public DateTimeOffset? ConsentAt { get; set; }

    /// <summary>SHA-256 of their receipt's compact JWS (FORMAT.md §4).</summary>
    public byte[]? ConsentDigest { get; set; }

    /// <summary>When they took their consent back.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>SHA-256 of the compact JWS with which their device took it back; null: their device signed nothing.</summary>
    public byte[]? WithdrawalDigest { get; set; }

    /// <summary>Digest of the notice text that was shown; the text itself is sealed in the consent track.</summary>
    [MaxLength(64)] public string? NoticeSha256 { get; set; }

    /// <summary>Whether they paused the recording and have not resumed it.</summary>
    public bool Paused { get; set; }

    public bool IsGuardian => Name[0] == 'g';

    /// <summary>Whether they are in the session: joined, and not gone by an act of their own.</summary>
    public bool IsHere => JoinedAt is not null && State is not ParticipantState.Left;

    /// <summary>Name of the guardian who decides beside this person.</summary>
    public static string GuardianOf(string person) => "g" + person[1..];
}

/// <summary>Where a participant stands.</summary>
public enum ParticipantState
{
    /// <summary>Nobody has redeemed their code.</summary>
    Invited,

    /// <summary>They read the notice.</summary>
    Deciding,

    Allowed,
    Declined,

    /// <summary>They did not decide in time, which counts as a decline.</summary>
    Silent,

    /// <summary>They left: the recording may go on without them.</summary>
    Left,
}
