using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Indicator;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>
/// Captures exactly while it may: consent verified, the server says so, the person was seen, the indicator shows it, the spool has
/// room. One loop, woken by whatever changes; nothing is polled.
/// </summary>
internal sealed class RecordingLoop(
    RecordingSession session, Func<ControlState?> control, Func<string?> refused, IIndicator? indicator, IndicatorFaces faces, TimeProvider time, Terminal terminal)
{
    /// <summary>An encoder that dies twice within this time is not begun again.</summary>
    public static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(30);

    /// <summary>Seconds of video that may be missing before an order to stop without being called lost.</summary>
    private const double NegligibleLoss = 1.5;

    private CaptureRun? _run;
    private long? _diedAt;
    private string _state = "";

    /// <summary>Wakes the loop.</summary>
    public Signal Changed { get; } = new();

    /// <summary>The process id of ffmpeg while it runs.</summary>
    public int? EncoderId => _run?.ProcessId;

    /// <summary>Runs until the session ends or <paramref name="interrupted"/> asks for it; then nothing is captured any more.</summary>
    public async Task<LoopEnd> RunAsync(CancellationToken interrupted)
    {
        await using var registration = interrupted.Register(Changed.Set);
        try
        {
            while (true)
            {
                if (_run is { Completion.IsCompleted: true } && await EndRunAsync(GapReason.Lost) is { } broken) { return broken; }
                if (EndOf(control(), interrupted) is { } end) { return end; }

                var permission = Decide(control());
                if (!permission.May)
                {
                    if (await HoldAsync(permission.Reason) is { } fault) { return fault; }
                    await ShowAsync(permission);
                }
                else if (_run is null)
                {
                    await ShowAsync(permission); // before the first frame
                    if (indicator?.End is not null) { continue; }
                    await StartAsync();
                }

                await Changed.WaitAsync(permission.Until, time, CancellationToken.None);
            }
        }
        catch (ConsentRefusedException unproven)
        {
            return new(TrackEnd.Ended, LoopEndKind.ConsentNotVerified, unproven.Message);
        }
        finally
        {
            if (_run is not null) { await EndRunAsync(reason: null); }
            session.Timeline.Resume(session.Clock.Now);
        }
    }

    private LoopEnd? EndOf(ControlState? state, CancellationToken interrupted)
    {
        if (indicator?.End is { } local) { return new(TrackEnd.Ended, LoopEndKind.Interrupted, local.Message); } // whatever the server says, and without it too
        if (refused() is { } message) { return new(TrackEnd.Ended, LoopEndKind.Refused, message); }
        if (state?.Event is { Phase: ControlPhase.End } ended)
        {
            return new(ended.Reason is TrackEnd.Withdrawn or TrackEnd.ConnectionLost ? ended.Reason : TrackEnd.Ended, LoopEndKind.Ordered, "");
        }

        if (state?.Event.Phase == ControlPhase.Closed) { return new(TrackEnd.Ended, LoopEndKind.Closed, session.Consent is null ? "" : "The server has closed the session."); }
        return interrupted.IsCancellationRequested ? new(TrackEnd.Ended, LoopEndKind.Interrupted, "") : null;
    }

    private Permission Decide(ControlState? state)
    {
        session.Verify(state?.Event);
        var permission = Permission.Of(state, time);
        if (permission.May && session.Consent is null) { permission = new(false, GapReason.AwaitingConsent, Timeout.InfiniteTimeSpan); }
        if (permission.May && session.Spool.DiskFault is { } fault) { permission = new(false, GapReason.Lost, Timeout.InfiniteTimeSpan); Show($"Not recording: the spool's disk refuses ({fault})."); }
        else if (permission.May && session.Budget.IsFull) { permission = new(false, GapReason.Lost, Timeout.InfiniteTimeSpan); Show($"Not recording: the spool is full ({Readable.Size(session.Budget.Limit)}) until enough of it is stored."); }
        else { Show(Describe(permission, state)); }
        return permission;
    }

    private async Task StartAsync()
    {
        _run = await session.StartRunAsync();
        _ = _run.Completion.ContinueWith(_ => Changed.Set(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Task ShowAsync(Permission permission) => indicator?.ShowAsync(faces.Of(permission, session.Consent)) ?? Task.CompletedTask;

    /// <summary>Nothing may be captured now, for this reason.</summary>
    private async Task<LoopEnd?> HoldAsync(string reason)
    {
        if (_run is not null && await EndRunAsync(reason) is { } fault) { return fault; }
        if (session.Clock.StartedAt is not null) { session.Timeline.Interrupt(session.Clock.Now, reason); }
        return null;
    }

    /// <summary>Ends the run, or takes note that it died. Returns why the session cannot go on, if it cannot.</summary>
    /// <param name="reason">Why nothing is recorded from here on; <see langword="null"/>: the session ends.</param>
    private async Task<LoopEnd?> EndRunAsync(string? reason)
    {
        _run!.Stop(); // of one that has ended: only notes it
        var end = await _run.Completion;
        _run = null;
        if (session.Clock.StartedAt is not null) { Interrupt(end, reason); }
        if (end.Fault is { } fault) { return new(TrackEnd.Ended, LoopEndKind.CannotCapture, fault); }
        if (end.StoppedAt is not null)
        {
            if (end.OutOfStep) { terminal.Warn("The machine's clock was set, or capture stood still: capture begins again."); }
            return null;
        }

        terminal.Warn($"Capture broke off. {end.Detail}");
        if (_diedAt is { } before && time.GetElapsedTime(before) < RestartInterval)
        {
            return new(TrackEnd.Ended, LoopEndKind.CannotCapture, $"Capture broke off twice within {RestartInterval.TotalSeconds} s. {end.Detail}");
        }

        _diedAt = time.GetTimestamp();
        return null;
    }

    private void Interrupt(CaptureEnd end, string? reason)
    {
        var recorded = session.Video.End;
        if (end.StoppedAt is not { } stopped)
        {
            session.Timeline.Interrupt(recorded, GapReason.Lost);
        }
        else if (stopped - recorded > NegligibleLoss)
        {
            session.Timeline.Interrupt(recorded, GapReason.Lost);
            if (reason is not null) { session.Timeline.Interrupt(stopped, reason); }
        }
        else if (reason is not null)
        {
            session.Timeline.Interrupt(recorded, reason);
        }
    }

    private void Show(string state)
    {
        if (state == _state) { return; }
        _state = state;
        terminal.Say(state);
    }

    private string Describe(Permission permission, ControlState? state) => permission switch
    {
        { May: true } => $"Recording is on: {session.Description}. {session.Controller} records. To stop: Ctrl-C{(indicator is null ? "" : ", or the button on the screen")}.",
        _ when state is null => "Waiting for the server.",
        { Reason: GapReason.AwaitingConsent } when state.Event.Phase == ControlPhase.Record => "The server says that the person consented, and cannot show the receipt. Nothing is captured without it.",
        { Reason: GapReason.AwaitingConsent } => "Waiting for the person's consent. Nothing is captured before it.",
        { Reason: GapReason.PausedByPerson } => "Paused by the recorded person.",
        { Reason: GapReason.PausedByTechnician } => "Paused by the technician.",
        { Reason: GapReason.Masked } => "Paused: masked.",
        _ => "Not recording: the recorded person's page is not seen.",
    };
}

/// <summary>How the session ended.</summary>
/// <param name="End">One of <see cref="TrackEnd"/>.</param>
/// <param name="Message">Why, where it did not end in order.</param>
internal sealed record LoopEnd(string End, LoopEndKind Kind, string Message);

/// <summary>Who ended it.</summary>
internal enum LoopEndKind
{
    /// <summary>The server: somebody ended it.</summary>
    Ordered,

    /// <summary>Ctrl-C, or the indicator: its button was pressed, or it is gone.</summary>
    Interrupted,

    /// <summary>Declined or expired.</summary>
    Closed,

    /// <summary>There is no proof of the consent (any more).</summary>
    ConsentNotVerified,

    /// <summary>The screen cannot be captured any more.</summary>
    CannotCapture,

    /// <summary>The server will not take this session's data.</summary>
    Refused,
}
