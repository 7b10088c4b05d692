using SecureRecorder.Admin.Consent;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Admin.Holds;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Receipts;

/// <summary>All that the page of a receipt says.</summary>
/// <param name="Session">With its tracks.</param>
/// <param name="Participant">Whose receipt it is.</param>
/// <param name="Technician">By name, as the notice had it.</param>
/// <param name="Agreed">What the person signed and read; <see langword="null"/> when it cannot be read (any more).</param>
/// <param name="Viewings">Every replay that was opened and every copy that was made, the first one first.</param>
/// <param name="Requests">What the person asked for, the last one first.</param>
/// <param name="Keeping">What keeps it beyond its date.</param>
/// <param name="Terms">How long it is kept, part by part.</param>
/// <param name="ServerKey">Thumbprint of the key that countersigns.</param>
public sealed record ReceiptStory(
    RecordedSession Session,
    Participant Participant,
    string Technician,
    AgreedNotice? Agreed,
    IReadOnlyList<Viewing> Viewings,
    IReadOnlyList<RequestCase> Requests,
    Keeping Keeping,
    IReadOnlyList<KeepingTerm> Terms,
    string ServerKey)
{
    /// <summary>The language in which the person read the notice.</summary>
    public ParticipantLanguage Language => ParticipantLanguage.OfOrEnglish(Participant.NoticeLanguage);
}

/// <summary>A notice as it was shown and accepted.</summary>
public sealed record AgreedNotice(NoticeReference Notice, ConsentChoices Choices, string Text);

/// <summary>Who watched, when and why.</summary>
/// <param name="IsCopy">Whether a copy was made for them, which they could take away.</param>
public sealed record Viewing(string Viewer, DateTimeOffset At, string Purpose, bool IsCopy = false);
