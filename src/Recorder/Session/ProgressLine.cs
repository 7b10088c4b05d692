namespace SecureRecorder.Recorder.Session;

/// <summary>Time, segments, spool and bitrate: every second on a terminal, in place; every minute as a plain line elsewhere.</summary>
internal sealed class ProgressLine(RecordingSession session, Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(terminal.IsInteractive ? OnTerminal : Elsewhere, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                if (session.VideoTrack?.Spooled is null) { continue; }
                if (terminal.IsInteractive) { terminal.Progress(Line()); } else { terminal.Say(Line()); }
            }
        }
        catch (OperationCanceledException) { } // the end
    }

    private string Line()
    {
        var video = session.VideoTrack!;
        var seconds = Math.Max(session.Video.End, 1);
        return $"{Readable.Time(session.Clock.Now)}  {video.Spooled!.Segments.Count} segments  spool {Readable.Size(session.Budget.Used)}  {video.Size * 8 / seconds / 1000:0} kbit/s";
    }
}
