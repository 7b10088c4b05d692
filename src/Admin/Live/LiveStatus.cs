using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>What the person's page shows, and only what is true now.</summary>
/// <param name="Phase"><c>waiting</c> (nothing captures yet), <c>recording</c>, <c>paused</c>, <c>unsure</c> (the recorder cannot be heard), <c>ending</c> or <c>over</c>.</param>
/// <param name="Title">One short sentence.</param>
/// <param name="Detail">What it means for the person.</param>
/// <param name="MayResume">Whether the person paused it and can resume it.</param>
/// <param name="MayErase">Whether anything is, or may be, stored that they can have erased.</param>
public sealed record LiveStatus(string Phase, string Title, string Detail, bool MayPause, bool MayResume, bool MayEnd, bool MayErase)
{
    internal static LiveStatus Of(Standing standing, LiveSession session) => standing.State switch
    {
        SessionState.Ready => Waiting(standing.RecorderJoined
            ? "The recorder was there and cannot be heard now. Nothing is captured until it is back."
            : "Your technician's recorder has not joined yet. Nothing is captured until it does."),
        SessionState.Recording when session.RecorderConnected => new("recording", "You are being recorded", "Your screen is recorded now. Type no passwords, and close what is private.", true, false, true, false),
        SessionState.Recording => new("unsure", "The recorder cannot be heard", "It may still be recording for a few seconds; then it stops by itself until it reaches this server again.", true, false, true, false),
        SessionState.Paused => standing.PausedBecause switch
        {
            GapReason.PausedByPerson => new("paused", "You paused the recording", "Nothing is captured until you resume.", false, true, true, false),
            GapReason.PausedByTechnician => new("paused", "Your technician paused the recording", "Nothing is captured. Pause it yourself to be the only one who can resume it.", true, false, true, false),
            _ => new("paused", "The connection was lost, so the recording paused", "It goes on when this page is heard again. Keep it open.", true, false, true, false),
        },
        SessionState.Ending when standing.End == TrackEnd.Withdrawn =>
            new("ending", "You withdrew your consent", "Nothing is captured any more, and what was not stored yet is thrown away. What is stored already you can have erased now.", false, false, false, true),
        SessionState.Ending => new("ending", "The recording has ended", "Nothing is captured any more. The rest is being stored, sealed.", false, false, false, true),
        SessionState.Purging => new("over", "What was stored is erased", "Its keys are destroyed: nobody can read it any more. The proof that everything is gone is made within half an hour.", false, false, false, false),
        SessionState.Purged => new("over", "What was stored is erased", "Nothing of it is left, and a signed certificate of the deletion was made.", false, false, false, false),
        _ => new("over", Over(standing.State), "Nothing is captured any more.", false, false, false, standing is { HasConsent: true, State: SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost }),
    };

    private static LiveStatus Waiting(string detail) => new("waiting", "You are not being recorded yet", detail, true, false, true, false);

    private static string Over(SessionState state) => state switch
    {
        SessionState.Recorded => "The recording has ended and is stored",
        SessionState.Partial => "The recording has ended; a part of it is missing",
        SessionState.Failed => "The session has ended; nothing was stored",
        SessionState.Lost => "The session has ended; what was stored is damaged",
        _ => "The session is over; nothing was recorded",
    };
}
