using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions;

/// <summary>How a session goes, for the technician's page.</summary>
/// <param name="People">Everybody who was invited: persons first, then guardians.</param>
/// <param name="RecorderCode">The code with which a recorder joins, while it works and this server still knows it.</param>
/// <param name="Recorder">Where the recorder is, in words.</param>
public sealed record SessionStatus(
    Guid Session, string State, string Title, string Meaning, string Tone, IReadOnlyList<InvitedPerson> People, string? RecorderCode, string Recorder,
    string Duration, string Size, bool MayPause, bool MayResume, bool MayEnd, bool MayInvite, bool MayRenewRecorderCode, bool MayReplay, bool IsOver)
{
    /// <summary>Changes when somebody is invited or joins, and when a code is over.</summary>
    public string Codes => string.Join(", ", People.Select(person => $"{person.Name} {person.Code}").Append($"recorder {RecorderCode}"));

    /// <param name="session">With tracks and participants.</param>
    internal static SessionStatus Of(RecordedSession session, LiveSession live)
    {
        var (open, over) = (LiveRules.IsOpen(session), Standing.Over(session.State));
        var video = session.Tracks.FirstOrDefault(track => track.Name == "video");
        var paused = session.State == SessionState.Paused;
        var first = live.Codes.GetValueOrDefault(Participant.First);
        return new(
            session.Id, session.State.ToString(), paused ? $"Paused · {Words.Gap(session.PausedBecause)}" : Words.Of(session.State), session.Detail ?? Words.Meaning(session.State), Words.Tone(session.State),
            [.. session.Participants.OrderBy(p => p.IsGuardian).ThenBy(p => p.Name, StringComparer.Ordinal).Select(p => InvitedPerson.Of(session, p, live))],
            open && session.CodeHash.Length > 0 && IsThis(first, session.CodeExpiresAt) ? first!.Code : null, RecorderWords(session, live),
            video is null ? "nothing yet" : Words.Duration(video.Duration), Words.Size(session),
            MayPause: session.ConsentAt is not null && open && !session.PausedByTechnician, MayResume: paused && session.PausedByTechnician,
            MayEnd: open, MayInvite: open && InviteParticipant.NextName(session) is not null,
            MayRenewRecorderCode: open && session.RecorderJoinedAt is null && session.State is not SessionState.Recording,
            MayReplay: !session.State.IsDeleted() && (video is { PurgeBeganAt: not null } ? session.Tracks.Any(track => track is { Name: "chat", Segments: > 0, PurgeBeganAt: null }) : video is { Segments: > 1 }), over);
    }

    /// <summary>Whether the code that is remembered is the one that works.</summary>
    internal static bool IsThis(ShownCode? shown, DateTimeOffset expiresAt) => shown is not null && shown.ExpiresAt.ToUnixTimeMilliseconds() == expiresAt.ToUnixTimeMilliseconds();

    private static string RecorderWords(RecordedSession session, LiveSession live) => session switch
    {
        { RecorderJoinedAt: null } => Standing.Over(session.State) ? "never joined" : "has not joined yet",
        _ when Standing.Over(session.State) => "has finished",
        _ => live.RecorderConnected ? "is connected" : "cannot be heard",
    };
}

/// <summary>A participant as the technician sees them.</summary>
/// <param name="Who">"The person", "Person 2", "Guardian".</param>
/// <param name="Words">Where they are.</param>
/// <param name="Code">Their code, while it works and this server still knows it.</param>
/// <param name="MayRenewCode">Whether a new one can be made.</param>
public sealed record InvitedPerson(string Name, string Who, string Words, string? Code, DateTimeOffset? CodeExpiresAt, bool MayRenewCode)
{
    internal static InvitedPerson Of(RecordedSession session, Participant participant, LiveSession live)
    {
        var open = LiveRules.IsOpen(session);
        var code = open && participant.CodeHash.Length > 0 && live.Codes.TryGetValue(participant.Name, out var shown) && SessionStatus.IsThis(shown, participant.CodeExpiresAt) ? shown : null;
        return new(
            participant.Name, NameOf(participant.Name), WordsOf(session, participant, live), code?.Code, code?.ExpiresAt,
            open && participant.State is ParticipantState.Invited);
    }

    /// <summary>How the technician's pages call a participant.</summary>
    internal static string NameOf(string participant) => participant switch
    {
        Participant.First => "The person",
        "g1" => "Guardian",
        _ => $"{(participant[0] == 'g' ? "Guardian" : "Person")} {participant[1..]}",
    };

    private static string WordsOf(RecordedSession session, Participant participant, LiveSession live) => participant.State switch
    {
        ParticipantState.Invited => LiveRules.IsOpen(session) ? "has not entered the code yet" : "never came",
        ParticipantState.Deciding => LiveRules.IsOpen(session) ? "reads the notice" : "did not decide",
        ParticipantState.Declined => "declined",
        ParticipantState.Silent => "did not decide in time",
        ParticipantState.Left => "left",
        _ when !LiveRules.IsOpen(session) => "allowed it",
        _ when participant.Paused => "paused the recording",
        _ => live.UnseenOf(participant.Name) < LiveRules.PersonIsGoneAfter ? "has the page open" : "cannot be heard",
    };
}
