using System.Text;
using SecureRecorder.Admin.Exports;
using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Receipts;

namespace SecureRecorder.Admin.Recovery;

/// <summary>The reports of a recovery for people.</summary>
internal static class RecoveryText
{
    public static string Of(SessionReport report)
    {
        var text = new StringBuilder($"""
            Session {report.Session}: {report.Status.ToUpperInvariant()}
            {Meaning(report.Status)}

            Recovered      {Time(report.RecoveredAt)}
            Recorded       {Time(report.StartedAt)} to {Time(report.EndedAt)}
            Region         {Typed(report.Region)}
            Organization   {Typed(report.Controller)}
            Technician     {Typed(report.Technician)}{(report.Technician is null ? " (no checkpoint of the audit trail says who)" : "")}
            Server's key   {Typed(report.ServerKey)}{(report.ServerKey is null ? "" : report.ServerKeyIsPinned ? " (as given with --server-key)" : " (taken from the receipt itself: compare it with the organization's)")}


            """);
        foreach (var finding in report.Findings) { text.Append($"{Printable.Line(finding)}\n"); }
        foreach (var track in report.Tracks) { Append(text, track); }

        text.Append("\nReceipts\n");
        foreach (var receipt in report.Receipts)
        {
            text.Append($"  {receipt.File}  {(receipt.Finding is { } wrong ? $"NOT VERIFIED: {Printable.Line(wrong)}" : $"{Printable.Line(receipt.Participant!)}: {receipt.Decision}, confirmed {Time(receipt.ConfirmedAt)}")}\n");
        }

        text.Append("\nFiles (SHA-256, base64url)\n");
        foreach (var file in report.Files) { text.Append($"  {file.Sha256}  {file.Name}, {Words.Size(file.Size)}\n"); }
        return text.Append("""

            What "verified" says: every segment is what the writer's manifest lists, and each manifest bears the key that it names. Whose key that is,
            the bucket alone cannot prove: the catalogue, which knew the recorder's, is not needed here, and the server's is known to who keeps it.

            These files are in clear. Keep them as the recording itself would be kept, and delete them when their purpose is served.

            """).ToString();
    }

    public static string Of(RecoveryReport report)
    {
        var text = new StringBuilder($"{Summary(report)}\n\nBucket        {Printable.Line(report.Bucket)}\nKEK           {Printable.Line(report.Kek)}\nMade          {Time(report.At)}\nAudit trail   {Printable.Line(report.AuditTrail)}\n");
        foreach (var (key, count) in report.ServerKeys) { text.Append($"Server's key  {key}: {Counted(count)}\n"); }
        if (report.ServerKeys.Count > 1) { text.Append("More than one server's key is to be explained: a server that was set up anew has another one, and so has who planted a session. Say with --server-key which are yours.\n"); }
        if (report.Deleted.Count > 0) { text.Append($"\nDeleted, as certificates in the bucket say: {report.Deleted.Count}\n"); }
        text.Append('\n');
        foreach (var line in report.Sessions) { text.Append($"{line.Session}  {line.Status}{(line.Note is { } note ? $": {Printable.Line(note)}" : "")}\n"); }
        return text.ToString();
    }

    /// <summary>One line.</summary>
    public static string Summary(RecoveryReport report) =>
        $"{Counted(report.Sessions.Count)}: {(report.Counts.Count == 0 ? "nothing to recover" : string.Join(", ", report.Counts.Select(count => $"{count.Value} {count.Key}")))}.";

    private static string Counted(int sessions) => sessions == 1 ? "1 session" : $"{sessions} sessions";

    private static void Append(StringBuilder text, TrackReport track)
    {
        text.Append($"{track.Track,-12} {track.Status,-11} {track.Opened} of {track.Segments} segments, {track.Size:N0} bytes sealed\n");
        if (track.MediaType is not null) { text.Append($"             {Printable.Line(track.MediaType)}; ended: {track.End}; written by the {track.Writer}, signed with {track.Signer}\n             chain {track.Chain}\n"); }
        foreach (var gap in track.Gaps) { text.Append($"             {ExportText.NotRecorded(gap)}\n"); }
        foreach (var finding in track.Findings) { text.Append($"             {Printable.Line(finding)}\n"); }
    }

    private static string Meaning(string status) => status switch
    {
        RecoveryStatus.Verified => "What was signed is there, whole and unchanged.",
        RecoveryStatus.Incomplete => "What is there opens, but the whole was never signed: more may have been recorded.",
        RecoveryStatus.Altered => "Something is not what was signed. Of that, at most what comes before it was written, under a name that says so.",
        _ => "Something of it cannot be read by anybody who has this key only.",
    };

    private static string Time(DateTimeOffset? time) => time is { } known ? $"{known.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "-";

    private static string Typed(string? text) => string.IsNullOrWhiteSpace(text) ? "-" : Printable.Line(text);
}
