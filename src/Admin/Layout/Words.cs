using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Layout;

/// <summary>States, durations and sizes in words.</summary>
public static class Words
{
    /// <summary>One plain word or two for the technician.</summary>
    public static string Of(SessionState state) => state switch
    {
        SessionState.Invited => "Waiting for the person",
        SessionState.AwaitingConsent => "The person reads the notice",
        SessionState.Declined => "Declined",
        SessionState.Expired => "Expired",
        SessionState.Ready => "Allowed",
        SessionState.Recording => "Recording",
        SessionState.Paused => "Paused",
        SessionState.Ending => "Ending",
        SessionState.Recorded => "Recorded",
        SessionState.Partial => "Partly recorded",
        SessionState.Failed => "Nothing stored",
        SessionState.Purging => "Being deleted",
        SessionState.Purged => "Deleted",
        _ => "Lost",
    };

    /// <summary>What the state means.</summary>
    public static string Meaning(SessionState state) => state switch
    {
        SessionState.Invited => "Read the code to the person. Nothing is recorded before they allow it.",
        SessionState.AwaitingConsent => "The person has entered the code and reads the notice. Only they can allow the recording.",
        SessionState.Declined => "The person declined. Nothing was recorded; the support goes on unrecorded.",
        SessionState.Expired => "The code or the time to decide ran out, or the session was ended before the decision. Nothing was recorded.",
        SessionState.Ready => "The person allowed it. Recording begins as soon as the recorder is there.",
        SessionState.Recording => "The recorder captures, and the person sees that it does.",
        SessionState.Paused => "Nothing is captured.",
        SessionState.Ending => "Nothing is captured any more. The recorder stores the rest and signs.",
        SessionState.Recorded => "Whole: everything was stored and signed.",
        SessionState.Partial => "A part is missing, or the server had to finish it.",
        SessionState.Failed => "Nothing of the screen was stored.",
        SessionState.Purging => "Its keys are destroyed: nobody can read it any more. The certificate follows when nothing can be stored for it any more.",
        SessionState.Purged => "Nothing of it is in the bucket any more. A signed certificate says so.",
        _ => "Something that was acknowledged is not in the bucket, or was altered there.",
    };

    /// <summary>Colour of the kit for a state.</summary>
    public static string Tone(SessionState state) => state switch
    {
        SessionState.Recording => "red",
        SessionState.Recorded => "green",
        SessionState.Paused or SessionState.Partial or SessionState.Ending => "orange",
        SessionState.Failed or SessionState.Lost => "red",
        SessionState.Ready or SessionState.AwaitingConsent or SessionState.Invited => "azure",
        _ => "secondary",
    };

    /// <summary>Why a stretch was not recorded.</summary>
    public static string Gap(string? reason) => reason switch
    {
        "paused-by-person" => "paused by the person",
        "paused-by-technician" => "paused by you",
        "awaiting-consent" => "waiting for consent",
        "masked" => "masked",
        _ => "lost",
    };

    /// <summary>Until when a session is kept, and which tracks go before the rest.</summary>
    public static string Kept(RecordedSession session) => string.Join("; ", session.Tracks.Where(track => track.KeepUntil is not null).OrderBy(track => track.KeepUntil).Select(track => $"{track.Name} until {Day(track.KeepUntil!.Value)}")
        .Prepend(session.KeepUntil is { } until ? Day(until) : session.State.IsDeleted() ? "not any more" : RetentionDates.Kept.Contains(session.State) ? "no fixed date" : "as the notice says"));

    /// <summary>A day, UTC.</summary>
    public static string Day(DateTimeOffset moment) => $"{moment.UtcDateTime:d MMMM yyyy}";

    /// <summary>A moment, from milliseconds since 1970, UTC.</summary>
    public static string Time(long milliseconds) => $"{DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime:d MMM yyyy, HH:mm} UTC";

    /// <summary><c>1:02:03</c> or <c>2:03</c>.</summary>
    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}";
    }

    /// <summary>Size of what was recorded; the consent is no recording.</summary>
    public static string Size(RecordedSession session) => Size(session.Tracks.Where(track => track.Name != "consent").Sum(track => track.Size));

    /// <summary>Bytes in the largest unit that keeps it above one.</summary>
    public static string Size(long bytes) => bytes switch
    {
        0 => "–",
        < 1 << 20 => $"{Math.Max(1, bytes >> 10)} KB",
        < 1 << 30 => $"{bytes / (double)(1 << 20):0.0} MB",
        _ => $"{bytes / (double)(1 << 30):0.00} GB",
    };
}
