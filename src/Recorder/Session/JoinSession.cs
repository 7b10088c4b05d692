using System.Security.Cryptography;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Indicator;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Recorder.Upload;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>Records one session from its code to its final state: join, wait for the consent, capture, seal, spool, upload, finish.</summary>
internal sealed class JoinSession(
    string code, Uri server, string spoolRoot, long spoolLimit, ScreenSelection selection, IScreenSource screen, HttpClient http, TimeProvider time, Terminal terminal)
{
    private static readonly TimeSpan Courtesy = TimeSpan.FromSeconds(5); // for telling the server of an end that it may know already

    private static readonly TimeSpan ControlRetry = TimeSpan.FromSeconds(2); // at most: capture stands still meanwhile

    private readonly SpoolBudget _budget = new(spoolLimit);
    private readonly IndicatorFaces _faces = new(server.Host, time);
    private SessionSpool? _spool;
    private RecordingLoop? _loop;
    private IIndicator? _indicator;

    /// <summary>The process id of ffmpeg while it runs.</summary>
    public int? EncoderId => _loop?.EncoderId;

    /// <summary>What waits in the spool, for somebody who will not wait for it.</summary>
    public string? LeftBehind => _spool?.Waiting is { Objects: > 0 } waiting
        ? $"{waiting.Objects} sealed objects ({Readable.Size(waiting.Bytes)}) wait in {_spool.Folder}. To finish: secure-recorder drain --server {server} --spool {spoolRoot}"
        : null;

    /// <param name="interrupted">Ctrl-C: ends the session in order.</param>
    public async Task<ExitCode> RunAsync(CancellationToken interrupted)
    {
        CaptureInput input;
        Ffmpeg ffmpeg;
        try
        {
            ffmpeg = Ffmpeg.Find();
            input = screen.Resolve(selection);
            await ffmpeg.RehearseAsync(input, selection.FramesPerSecond, interrupted);
            OwnerOnlyFiles.CreateFolder(spoolRoot);
            _indicator = screen.ShowIndicator(selection, _faces.Waiting, time);
        }
        catch (CannotCaptureException cannot)
        {
            terminal.Warn(cannot.Message + " The code was not used.");
            return ExitCode.CannotCapture;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            terminal.Warn($"The spool '{spoolRoot}' cannot be used: {refused.Message} The code was not used.");
            return ExitCode.Usage;
        }

        await using var shown = _indicator;
        using var key = SigningKey.Create();
        var (joined, refusal) = await TryJoinAsync(key, interrupted);
        if (joined is null) { return refusal; }

        terminal.Say($"Joined session {joined.Session}; recordings are stored in region {joined.Region}.");
        using var spool = SessionSpool.Create(spoolRoot, joined, server, _budget);
        _spool = spool;
        using var session = new RecordingSession(
            joined, key, spool, _budget, input.Description, time,
            (video, thumbnails, clock) => CaptureRun.StartAsync(ffmpeg, input, selection.FramesPerSecond, video, thumbnails, clock, time));
        return await RecordAsync(session, interrupted);
    }

    private async Task<(JoinAnswer? Joined, ExitCode Refusal)> TryJoinAsync(SigningKey key, CancellationToken cancellation)
    {
        try
        {
            var joined = await RecorderApi.JoinAsync(http, server, new(code, key.Public), cancellation);
            joined.ServerKey.Validate();
            using var probe = DataKey.Create();
            joined.Kek.Wrap(joined.Session, TrackName.Video, probe); // a KEK that cannot wrap shows now, not after the consent
            return (joined, ExitCode.Done);
        }
        catch (ServerRefusedException refused)
        {
            terminal.Warn(refused.Message + (refused.RetryAfter is { } wait ? $" Try again in {Math.Ceiling(wait.TotalSeconds)} s." : ""));
            return (null, (int)refused.Status is >= 400 and < 500 ? ExitCode.CodeRefused : ExitCode.ServerRefused);
        }
        catch (HttpRequestException unreachable)
        {
            terminal.Warn($"The server {server} cannot be reached: {unreachable.Message}");
            return (null, ExitCode.ServerRefused);
        }
        catch (CryptographicException unusable)
        {
            terminal.Warn($"The server's keys cannot be used: {unusable.Message}");
            return (null, ExitCode.ServerRefused);
        }
    }

    private async Task<ExitCode> RecordAsync(RecordingSession session, CancellationToken interrupted)
    {
        using var stop = new CancellationTokenSource();
        using var delivery = new SessionDelivery(session.Spool, http, time, terminal);
        Task[] background = [];
        ControlStream? control = null;
        var loop = _loop = new RecordingLoop(session, () => control?.Latest, () => RefusalOf(background), _indicator, _faces, time, terminal);
        control = new ControlStream(delivery.Api, new Outage(time, _ => { }, ControlRetry), time, loop.Changed.Set);
        if (_indicator is not null) { _indicator.Ended = loop.Changed.Set; }
        _budget.Changed = session.Spool.DiskFaultChanged = loop.Changed.Set;

        var delivering = delivery.RunAsync(stop.Token);
        var following = control.RunAsync(stop.Token);
        var earlier = new DrainSpool(spoolRoot, server, http, _budget, time, terminal).RunAsync(interrupted);
        background = [delivering, following];
        foreach (var task in background) { _ = task.ContinueWith(_ => loop.Changed.Set(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default); }
        var progress = new ProgressLine(session, terminal, time).RunAsync(stop.Token);
        try
        {
            var end = await loop.RunAsync(interrupted);
            session.Finish(end.End);
            if (_indicator is not null) { await _indicator.ShowAsync(_faces.Over(session.Consent)); }
            delivery.Hurry();
            return await EndAsync(session, end, delivery, delivering);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(Task.WhenAll([.. background, progress]), Task.Delay(Courtesy, CancellationToken.None));
            try { await earlier; }
            catch (OperationCanceledException) { } // interrupted: it stays in the spool
        }
    }

    private async Task<ExitCode> EndAsync(RecordingSession session, LoopEnd end, SessionDelivery delivery, Task delivering)
    {
        if (end.Message.Length > 0) { terminal.Warn(end.Message); }
        if (session.Consent is null) { return await EndWithoutConsentAsync(session, end, delivery); }

        try
        {
            await delivering;
            var state = await delivery.FinishAsync(CancellationToken.None);
            session.Spool.Delete();
            new Summary(session, terminal).Say(state);
            return (end.Kind, state) switch
            {
                (LoopEndKind.ConsentNotVerified, _) => ExitCode.ConsentNotVerified,
                (LoopEndKind.CannotCapture, "failed") => ExitCode.CannotCapture,
                (_, "recorded") => ExitCode.Done,
                (_, "partial") => ExitCode.Partial,
                _ => ExitCode.Failed,
            };
        }
        catch (Exception refused) when (refused is ServerRefusedException or SpoolDamagedException)
        {
            if (refused.Message != end.Message) { terminal.Warn(refused.Message); }
            new Summary(session, terminal).Say("not finished");
            if (LeftBehind is { } left) { terminal.Warn(left); } else { session.Spool.Delete(); }
            return ExitCode.ServerRefused;
        }
    }

    private async Task<ExitCode> EndWithoutConsentAsync(RecordingSession session, LoopEnd end, SessionDelivery delivery)
    {
        terminal.Say(end.Kind switch
        {
            LoopEndKind.Closed => "The person declined, or the time to answer is over: nothing was captured.",
            LoopEndKind.ConsentNotVerified => "Nothing was captured: there is no consent that can be verified.",
            _ => "Ended before the person consented: nothing was captured.",
        });
        if (end.Kind != LoopEndKind.Closed) { await TellAsync(delivery); }
        session.Spool.Delete();
        return end.Kind switch
        {
            LoopEndKind.Refused => ExitCode.ServerRefused,
            LoopEndKind.ConsentNotVerified => ExitCode.ConsentNotVerified,
            _ => ExitCode.NoConsent,
        };
    }

    private static async Task TellAsync(SessionDelivery delivery)
    {
        using var courtesy = new CancellationTokenSource(Courtesy);
        try { await delivery.FinishAsync(courtesy.Token); }
        catch (Exception untold) when (untold is ServerRefusedException or OperationCanceledException) { } // it knows already, or finds out by itself
    }

    private static string? RefusalOf(Task[] background)
    {
        foreach (var task in background)
        {
            if (task.Exception?.InnerException is { } failed) { return failed is ServerRefusedException or SpoolDamagedException ? failed.Message : $"A fault of the recorder: {failed}"; }
        }

        return null;
    }
}
