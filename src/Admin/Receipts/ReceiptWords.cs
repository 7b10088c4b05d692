using SecureRecorder.Admin.Layout;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Receipts;

/// <summary>States and tracks in the words of the recorded person.</summary>
internal static class ReceiptWords
{
    public static string Of(SessionState state) => state switch
    {
        SessionState.Ready => "Allowed, not recorded yet",
        SessionState.Ending => "Ended",
        _ => Words.Of(state),
    };

    public static string Meaning(SessionState state) => state switch
    {
        SessionState.Ready => "You allowed the recording. Nothing is recorded yet.",
        SessionState.Recording => "Your session is being recorded right now.",
        SessionState.Paused => "The recording is paused. Nothing is captured.",
        SessionState.Ending => "The recording has ended. What was captured is being stored and signed.",
        SessionState.Recorded => "Your session was recorded. Everything was stored and signed.",
        SessionState.Partial => "Your session was recorded. A part of it is missing, or the server had to finish it.",
        SessionState.Failed => "Nothing of your screen was stored.",
        SessionState.Lost => "Your session was recorded, but something of the recording is gone or was altered.",
        SessionState.Purging => "It is being deleted: its keys are destroyed, so nobody can watch it any more.",
        SessionState.Purged => "Your session was recorded, and deleted since. Nothing of it is stored any more; a signed certificate says so.",
        _ => Words.Meaning(state),
    };

    public static string Track(string name) => name switch
    {
        "video" => "Your screen",
        "thumbnails" => "Small pictures of your screen",
        "chat" => "Your chat with the technician",
        "events" => "When it was paused and resumed",
        "consent" => "Your consent and the notice",
        _ => name,
    };
}
