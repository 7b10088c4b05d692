using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>Where a session stands, as the catalogue has it: what streams and pages are told from.</summary>
/// <param name="PausedBecause">Gap reason while paused.</param>
/// <param name="End">How it ends or ended.</param>
/// <param name="ConsentDigest">Of the receipt that opened the session.</param>
/// <param name="Chat">What becomes of what is written.</param>
/// <param name="People">Everybody who was invited, in order of name.</param>
internal sealed record Standing(
    SessionState State, string? PausedBecause, string? End, bool HasConsent, byte[]? ConsentDigest, bool RecorderJoined, DateTimeOffset? KeepUntil, ChatKeeping Chat, IReadOnlyList<Attendee> People, int Version)
{
    /// <param name="session">With its participants.</param>
    public static Standing Of(RecordedSession session) => new(
        session.State, session.PausedBecause, session.End, session.ConsentAt is not null, session.ConsentDigest, session.RecorderJoinedAt is not null, session.KeepUntil, session.Chat,
        [.. session.Participants.OrderBy(p => p.Name, StringComparer.Ordinal).Select(Attendee.Of)], session.Version);

    /// <summary>Nothing follows.</summary>
    public bool IsOver => Over(State);

    /// <summary>What was recorded is deleted, or is being deleted.</summary>
    public bool IsDeleted => State.IsDeleted();

    /// <summary>Whether nothing follows a state.</summary>
    public static bool Over(SessionState state) => state is SessionState.Declined or SessionState.Expired or SessionState.Recorded or SessionState.Partial or SessionState.Failed
        or SessionState.Lost or SessionState.Purging or SessionState.Purged;

    /// <summary>Those whose page must be seen while anything is captured.</summary>
    public IEnumerable<string> Watched => People.Where(person => person.State is ParticipantState.Allowed).Select(person => person.Name);

    /// <exception cref="InvalidOperationException">Nobody of this name was invited.</exception>
    public Attendee Of(string participant) => People.FirstOrDefault(person => person.Name == participant) ?? throw new InvalidOperationException($"There is no participant '{participant}'.");
}

/// <summary>A participant, as far as streams and pages need to know.</summary>
/// <param name="Paused">Whether they paused and have not resumed.</param>
/// <param name="ConsentDigest">Of their receipt.</param>
/// <param name="Withdrew">Whether they took their consent back while it was recorded.</param>
/// <param name="Language">Of the notice that they read; null before there is one.</param>
internal sealed record Attendee(string Name, ParticipantState State, bool Paused, bool HasConsent, byte[]? ConsentDigest, bool Withdrew, DateTimeOffset? JoinedAt, string? Language)
{
    public static Attendee Of(Participant participant) =>
        new(participant.Name, participant.State, participant.Paused, participant.ConsentAt is not null, participant.ConsentDigest, participant.WithdrawnAt is not null, participant.JoinedAt, participant.NoticeLanguage);

    public bool IsHere => JoinedAt is not null && State is not ParticipantState.Left;
}
