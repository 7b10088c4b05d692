namespace SecureRecorder.Recorder.Session;

/// <summary>What was recorded, where, how much, what is missing.</summary>
internal sealed class Summary(RecordingSession session, Terminal terminal)
{
    /// <param name="state">The session's state as the server has it.</param>
    public void Say(string state)
    {
        var spool = session.Spool;
        if (session.VideoTrack?.Spooled is { } video)
        {
            var gaps = session.Timeline.Gaps;
            var recorded = session.Video.End - gaps.Sum(gap => Math.Min(gap.Duration, Math.Max(0, session.Video.End - gap.Start)));
            terminal.Say($"{Readable.Time(recorded)} of {session.Description}: {video.Segments.Count} segments of video ({Readable.Size(session.VideoTrack.Size)}), {session.ThumbnailTrack?.Spooled?.Segments.Count ?? 0} thumbnails.");
            foreach (var gap in gaps) { terminal.Say($"Not recorded from {Readable.Time(gap.Start)} for {gap.Duration:0.0} s: {gap.Reason}."); }
        }
        else
        {
            terminal.Say("Nothing was recorded.");
        }

        terminal.Say($"Session {spool.Id}, region {spool.Region}: {state}.");
    }
}
