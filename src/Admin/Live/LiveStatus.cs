using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>What the person's page shows, in their language, and only what is true now.</summary>
/// <param name="Phase"><c>waiting</c> (nothing captures yet), <c>recording</c>, <c>paused</c>, <c>unsure</c> (the recorder cannot be heard), <c>ending</c> or <c>over</c>.</param>
/// <param name="Title">One short sentence.</param>
/// <param name="Detail">What it means for the person.</param>
/// <param name="MayResume">Whether the person paused it and can resume it.</param>
/// <param name="MayErase">Whether anything is, or may be, stored that they can have erased.</param>
public sealed record LiveStatus(string Phase, string Title, string Detail, bool MayPause, bool MayResume, bool MayEnd, bool MayErase)
{
    internal static LiveStatus Of(Standing standing, LiveSession session)
    {
        var words = ParticipantLanguage.OfOrEnglish(standing.Language).Words.Live;
        return standing.State switch
        {
            SessionState.Ready => Alive("waiting", new(words.WaitingTitle, standing.RecorderJoined ? words.RecorderIsAway : words.WaitingForRecorder)),
            SessionState.Recording => session.RecorderConnected ? Alive("recording", words.Recording) : Alive("unsure", words.Unsure),
            SessionState.Paused => standing.PausedBecause switch
            {
                GapReason.PausedByPerson => Alive("paused", words.PausedByYou) with { MayPause = false, MayResume = true },
                GapReason.PausedByTechnician => Alive("paused", words.PausedByTechnician),
                _ => Alive("paused", words.PausedLost),
            },
            SessionState.Ending => Ended("ending", standing.End == TrackEnd.Withdrawn ? words.Withdrawn : words.Ended, mayErase: true),
            SessionState.Purging => Ended("over", words.Erasing, mayErase: false),
            SessionState.Purged => Ended("over", words.Erased, mayErase: false),
            var over => Ended("over", new(Over(over, words), words.OverDetail), standing.HasConsent && over is SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost),
        };
    }

    private static LiveStatus Alive(string phase, StatusWords words) => new(phase, words.Title, words.Detail, MayPause: true, MayResume: false, MayEnd: true, MayErase: false);

    private static LiveStatus Ended(string phase, StatusWords words, bool mayErase) => new(phase, words.Title, words.Detail, false, false, false, mayErase);

    private static string Over(SessionState state, LiveWords words) => state switch
    {
        SessionState.Recorded => words.Recorded,
        SessionState.Partial => words.Partial,
        SessionState.Failed => words.Failed,
        SessionState.Lost => words.Lost,
        _ => words.NothingRecorded,
    };
}
