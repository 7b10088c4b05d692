using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions;

/// <summary>How a session goes, for the technician's page.</summary>
/// <param name="Code">The code, while it works and this server still knows it.</param>
/// <param name="Person">Where the person is, in words.</param>
/// <param name="Recorder">Where the recorder is, in words.</param>
public sealed record SessionStatus(
    Guid Session, string State, string Title, string Meaning, string Tone, string? Code, DateTimeOffset? CodeExpiresAt, string Person, string Recorder,
    string Duration, string Size, bool MayPause, bool MayResume, bool MayEnd, bool MayRenewCode, bool MayReplay, bool IsOver)
{
    internal static SessionStatus Of(RecordedSession session, LiveSession live)
    {
        var open = session.State is SessionState.Ready or SessionState.Recording or SessionState.Paused;
        var video = session.Tracks.FirstOrDefault(track => track.Name == "video");
        var code = session.CodeHash.Length > 0 && live.Code is { } shown && shown.ExpiresAt.ToUnixTimeMilliseconds() == session.CodeExpiresAt.ToUnixTimeMilliseconds() && session.State != SessionState.Expired ? shown : null;
        var paused = session.State == SessionState.Paused;
        return new(
            session.Id, session.State.ToString(), paused ? $"Paused · {Words.Gap(session.PausedBecause)}" : Words.Of(session.State), session.Detail ?? Words.Meaning(session.State), Words.Tone(session.State),
            code?.Code, code?.ExpiresAt, PersonWords(session, live), RecorderWords(session, live),
            video is null ? "nothing yet" : Words.Duration(video.Duration), Words.Size(session),
            MayPause: session.State is SessionState.Ready or SessionState.Recording, MayResume: paused && session.PausedBecause == "paused-by-technician",
            MayEnd: open || session.State is SessionState.Invited or SessionState.AwaitingConsent,
            MayRenewCode: session.State == SessionState.Invited || (session.RecorderJoinedAt is null && (open || session.State == SessionState.AwaitingConsent)),
            MayReplay: video is { Segments: > 1 } && session.State is not (SessionState.Purging or SessionState.Purged), Standing.Of(session).IsOver);
    }

    private static string PersonWords(RecordedSession session, LiveSession live) => session.State switch
    {
        SessionState.Invited => "has not entered the code yet",
        SessionState.AwaitingConsent => "reads the notice",
        SessionState.Declined => "declined",
        SessionState.Expired => "did not decide",
        SessionState.Ready or SessionState.Recording or SessionState.Paused => live.PersonUnseen < LiveRules.PersonIsGoneAfter ? "has the page open" : "cannot be heard",
        _ => "allowed it",
    };

    private static string RecorderWords(RecordedSession session, LiveSession live) => session switch
    {
        { RecorderJoinedAt: null } => Standing.Of(session).IsOver ? "never joined" : "has not joined yet",
        _ when Standing.Of(session).IsOver => "has finished",
        _ => live.RecorderConnected ? "is connected" : "cannot be heard",
    };
}
