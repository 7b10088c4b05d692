using System.Text;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>The two files of an export that say in plain words what it is, and whether it is what was recorded.</summary>
internal static class ExportText
{
    public static string Readme(RecordingExport export, RecordedSession session, ExportSources.Opened opened, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.Append($"""
            A copy of a recorded support session
            ====================================

            Session      {session.Id}
            Ticket       {Typed(session.Ticket)}
            Recorded     {Time(session.StartedAt)} to {Time(session.EndedAt)}
            State        {Words.Of(session.State)}. {Typed(session.Detail ?? Words.Meaning(session.State))}
            Technician   {Typed(session.Technician)}

            Export       {export.Id}
            Made for     {Typed(export.Requester)}
            Purpose      {Typed(export.Purpose)}
            Asked for    {Time(export.RequestedAt)}
            Approved by  {Typed(export.ApprovedBy)}, {Time(export.ApprovedAt)}
            Made         {Time(now)}

            What is in it
            -------------

            """);
        foreach (var source in opened.All) { text.Append(Described(source, export)); }
        text.Append("""
            verification.txt   what was checked when this copy was made, and what was found
            manifests/         the signed list of each track's parts, as it lies in the organization's storage
            receipts/          what the recorded people signed on their own devices, and the server's countersignatures

            Times in the video and in the chat are seconds since the recording began. What was not recorded stays
            a gap: the picture stands still until the recording goes on.

            Who holds this copy answers for it
            ----------------------------------

            The recorded people agreed to the purposes, the readers and the date of deletion that their receipts name.
            The organization's copy is deleted on that date by itself; this one only by you: delete it when its purpose is
            served, and at the latest then. Who asked for it, who approved it and when it was fetched is in the audit trail.

            """);
        text.Append($"The organization's copy is kept until: {Words.Kept(session)}\n");
        return text.ToString();
    }

    public static string Verification(RecordedSession session, ExportSources.Opened opened, DateTimeOffset now)
    {
        var text = new StringBuilder($"Verification of session {session.Id}, {Time(now)}\n\n");
        text.Append("Every part of each track was read from the storage and compared with its writer's signature before this copy was made.\n\n");
        foreach (var source in opened.All)
        {
            var found = source.Verification;
            text.Append($"{source.Name,-10}{found.Status.ToString().ToLowerInvariant(),-12}{Meaning(found.Status)} {found.Segments} parts, {found.Size} bytes sealed.\n");
            foreach (var finding in found.Findings) { text.Append($"          {Printable.Line(finding)}\n"); }
            foreach (var gap in source.Track?.Manifest?.Gaps ?? []) { text.Append($"          {NotRecorded(gap)}\n"); }
        }

        text.Append(opened.All.All(source => source.Verification.Status == TrackStatus.Verified)
            ? "\nVERIFIED: all that is here is what was signed when it was recorded.\n"
            : "\nNOT WHOLE: see above. What is altered or unreadable was left out of this copy.\n");
        return text.Append("\nThe video in this copy was put together anew for players; the signatures are over the parts in the storage, which the manifests list.\n").ToString();
    }

    public static string NotRecorded(Gap gap) => $"not recorded from {Clock(gap.Start)} to {Clock(gap.Start + gap.Duration)}: {Reason(gap.Reason)}";

    /// <summary><c>1:02:03</c>.</summary>
    public static string Clock(double seconds) => TimeSpan.FromSeconds(Math.Floor(seconds)) is var time ? $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}" : "";

    private static string Described(ExportSources.Source source, RecordingExport export)
    {
        var left = source.Verification.Status is TrackStatus.Altered or TrackStatus.Unreadable;
        if (source.Name == TrackName.Consent) { return left ? "(the receipts are left out: see verification.txt)\n" : ""; }
        if (left) { return $"(the track '{source.Name}' is left out: it is {source.Verification.Status.ToString().ToLowerInvariant()}, see verification.txt)\n"; }
        return source.Name == TrackName.Video
            ? $"video.mp4          the screen{(export.Watermark ? ", encoded anew with the requester, the time and this export's number in the picture" : ", the very pictures that were recorded")}\n"
            : "chat.json          the chat, for programs\nchat.txt           the chat, for people\n";
    }

    private static string Meaning(TrackStatus status) => status switch
    {
        TrackStatus.Verified => "What was signed is there, whole and unchanged.",
        TrackStatus.Incomplete => "What is there opens, but the whole was never signed: more may have been recorded.",
        TrackStatus.Altered => "Something is not what was signed. It is not in this copy.",
        _ => "Its key is gone: nobody can read it. It is not in this copy.",
    };

    private static string Reason(string reason) => reason switch
    {
        GapReason.PausedByPerson => "paused by a recorded person",
        GapReason.PausedByTechnician => "paused by the technician",
        GapReason.AwaitingConsent => "somebody had not allowed it yet",
        GapReason.Masked => "masked",
        _ => "the connection was lost",
    };

    private static string Time(DateTimeOffset? time) => time is { } known ? $"{known.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "-";

    private static string Typed(string? text) => string.IsNullOrWhiteSpace(text) ? "-" : Printable.Line(text);
}
