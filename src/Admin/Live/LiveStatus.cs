using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>What a participant's page shows, in their language, and only what is true now.</summary>
/// <param name="Phase"><c>waiting</c> (nothing captures yet), <c>recording</c>, <c>paused</c>, <c>unsure</c> (the recorder cannot be heard), <c>left</c>, <c>ending</c> or <c>over</c>.</param>
/// <param name="Title">One short sentence.</param>
/// <param name="Detail">What it means for the person.</param>
/// <param name="MayResume">Whether the person paused it and can resume it.</param>
/// <param name="MayLeave">Whether others are in the session, so that the recording may go on without this person.</param>
/// <param name="MayErase">Whether anything is, or may be, stored that they can have erased.</param>
public sealed record LiveStatus(string Phase, string Title, string Detail, bool MayPause, bool MayResume, bool MayEnd, bool MayLeave, bool MayWithdraw, bool MayErase)
{
    /// <param name="participant">Whose page it is: one who allowed it, and may have left since.</param>
    /// <param name="held">Whether a legal hold forbids what is to be erased: see <see cref="ErasureHold"/>.</param>
    internal static LiveStatus Of(Standing standing, LiveSession session, string participant, bool held)
    {
        var me = standing.Of(participant);
        var words = ParticipantLanguage.OfOrEnglish(me.Language).Words.Live;
        var status = standing.State switch
        {
            SessionState.Ready or SessionState.Recording or SessionState.Paused when me.State is ParticipantState.Left => Gone(words.Left),
            SessionState.Ready => Alive("waiting", new(words.WaitingTitle, standing.RecorderJoined ? words.RecorderIsAway : words.WaitingForRecorder)),
            SessionState.Recording => session.RecorderConnected ? Alive("recording", words.Recording) : Alive("unsure", words.Unsure),
            SessionState.Paused => Paused(standing, me, words),
            SessionState.Ending => Ended("ending", me.Withdrew ? words.Withdrawn : words.Ended, mayErase: true),
            SessionState.Purging => Ended("over", held ? words.ErasingHeld : words.Erasing, mayErase: false),
            SessionState.Purged => Ended("over", words.Erased, mayErase: false),
            _ when held => Ended("over", words.EraseHeld, mayErase: false),
            var over => Ended("over", me.Withdrew ? new(words.Withdrawn.Title, $"{Over(over, words)}. {words.OverDetail}") : new(Over(over, words), words.OverDetail), standing.HasConsent && over is SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost),
        };
        return status with { MayLeave = status.MayEnd && standing.People.Count(person => person.IsHere) > 1 };
    }

    private static LiveStatus Paused(Standing standing, Attendee me, LiveWords words) => me.Paused
        ? Alive("paused", words.PausedByYou) with { MayPause = false, MayResume = true }
        : Alive("paused", standing.PausedBecause switch
        {
            GapReason.AwaitingConsent => words.AwaitingOthers,
            GapReason.PausedByPerson => words.PausedByOther,
            GapReason.PausedByTechnician => words.PausedByTechnician,
            _ => standing.Watched.Count() > 1 ? words.PausedLostElsewhere : words.PausedLost,
        });

    private static LiveStatus Alive(string phase, StatusWords words) =>
        new(phase, words.Title, words.Detail, MayPause: true, MayResume: false, MayEnd: true, MayLeave: false, MayWithdraw: true, MayErase: false);

    private static LiveStatus Gone(StatusWords words) =>
        new("left", words.Title, words.Detail, MayPause: false, MayResume: false, MayEnd: false, MayLeave: false, MayWithdraw: true, MayErase: false);

    private static LiveStatus Ended(string phase, StatusWords words, bool mayErase) => new(phase, words.Title, words.Detail, false, false, false, false, false, mayErase);

    private static string Over(SessionState state, LiveWords words) => state switch
    {
        SessionState.Recorded => words.Recorded,
        SessionState.Partial => words.Partial,
        SessionState.Failed => words.Failed,
        SessionState.Lost => words.Lost,
        _ => words.NothingRecorded,
    };
}
