using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Spool;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Session;

/// <summary>What belongs to one joined session while it is recorded: its consent, its clock, its tracks.</summary>
internal sealed class RecordingSession : IDisposable
{
    private readonly JoinAnswer _joined;
    private readonly SigningKey _key;
    private readonly Func<VideoSegments, SealedTrack, SessionClock, Task<CaptureRun>> _startRun;
    private SealedTrack? _videoTrack;
    private SealedTrack? _thumbnails;
    private VideoSegments? _video;

    public RecordingSession(
        JoinAnswer joined, SigningKey key, SessionSpool spool, SpoolBudget budget, string description, TimeProvider time,
        Func<VideoSegments, SealedTrack, SessionClock, Task<CaptureRun>> startRun)
    {
        (_joined, _key, _startRun, Spool, Budget, Description) = (joined, key, startRun, spool, budget, description);
        Clock = new(time);
        Timeline = new() { Closed = spool.Add };
    }

    public SessionSpool Spool { get; }
    public SpoolBudget Budget { get; }
    public SessionClock Clock { get; }
    public Timeline Timeline { get; }

    /// <summary>What is recorded, for people.</summary>
    public string Description { get; }

    /// <summary><see langword="null"/>: not given, or not verified yet.</summary>
    public Consent? Consent { get; private set; }

    /// <summary>Who records, as the person read it.</summary>
    public string Controller => Consent?.Receipt.Controller ?? "";

    /// <exception cref="InvalidOperationException">There is no consent.</exception>
    public VideoSegments Video => _video ?? throw new InvalidOperationException("Nothing is captured without a consent.");

    public SealedTrack? VideoTrack => _videoTrack;
    public SealedTrack? ThumbnailTrack => _thumbnails;

    /// <summary>Verifies the consent as soon as the server hands it out, and that it stays the same one.</summary>
    /// <exception cref="ConsentRefusedException">It does not verify, or another one came.</exception>
    public void Verify(ControlEvent? control)
    {
        if (control?.Receipt is null) { return; } // without one nothing is captured
        if (Consent is not null)
        {
            if (control.Receipt != Consent.Jws) { throw new ConsentRefusedException("The server exchanged the consent receipt during the session."); }
            return;
        }

        Consent = VerifyConsent.Run(control, _joined.Session, _joined.ServerKey);
        _videoTrack = new(Spool, TrackName.Video, Consent.Digest, _joined.Kek, _key);
        _thumbnails = new(Spool, TrackName.Thumbnails, Consent.Digest, _joined.Kek, _key);
        _video = new(_videoTrack, Clock, Timeline);
    }

    /// <summary>Starts the encoder.</summary>
    public Task<CaptureRun> StartRunAsync() => _startRun(Video, _thumbnails!, Clock);

    /// <summary>Nothing more is captured: signs what there is.</summary>
    public void Finish(string end)
    {
        if (end == TrackEnd.Withdrawn) { Spool.DiscardNotStored(); }
        var gaps = Timeline.Gaps;
        var last = Math.Max(_video?.End ?? 0, gaps.Count == 0 ? 0 : gaps[^1].Start + gaps[^1].Duration);
        if (Clock.StartedAt is not null)
        {
            foreach (var track in new[] { _videoTrack, _thumbnails }) { track?.Finish(Clock.Utc(last), end, gaps); }
        }

        Spool.Complete(end);
    }

    public void Dispose()
    {
        _video?.Dispose();
        _videoTrack?.Dispose();
        _thumbnails?.Dispose();
    }
}
