using System.Security.Cryptography;
using SecureRecorder.Recorder.Session;
using SecureRecorder.Recorder.Spool;

namespace SecureRecorder.Recorder.Capture;

/// <summary>
/// Groups the encoder's fragments into segments of the track <c>video</c>, moves their times onto the session's clock
/// and seals them. One encoder run at a time; runs follow each other with gaps between.
/// </summary>
/// <remarks>Source: FORMAT.md §6. Segment 0 is the initialization; a segment ends before every key frame.</remarks>
internal sealed class VideoSegments(SealedTrack track, SessionClock clock, Timeline timeline) : IDisposable
{
    /// <summary>Seconds after which a segment is closed: with the fragment that the encoder still holds, a crash costs less than <see cref="LongestSegment"/>.</summary>
    public const double SegmentTarget = 3.5;

    /// <summary>Seconds of the format's longest segment.</summary>
    public const double LongestSegment = 5;

    /// <summary>Seconds by which media time may run ahead of the monotonic clock before the wall clock must have been set.</summary>
    private const double LargestLead = 1.5;

    /// <summary>Seconds by which it may lag: more than the encoder and the pipe ever hold back.</summary>
    private const double LargestLag = 10;

    /// <summary>Seconds after the order to stop from which on nothing that was captured is kept, however late the encoder obeys.</summary>
    private const double StopTolerance = 0.5;

    /// <summary>Seconds for which the last frame may stand for what followed it when the run was stopped: longer means that the encoder hung.</summary>
    private const double LongestStill = FfmpegArguments.StillFrameInterval + 1.5;

    private byte[] _pending = GC.AllocateUninitializedArray<byte>(512 << 10, pinned: true);
    private int _length;
    private int _lastFragment; // offset of the last one in _pending
    private VideoFragment _last;
    private long _start; // ticks, of the pending segment
    private bool _key;
    private byte[]? _initializationBytes;
    private VideoInitialization? _initialization;
    private long _runStart; // ticks
    private bool _placed;
    private uint _sequence;
    private long _end; // ticks, of what was accepted

    /// <summary>Seconds on the session's clock up to which there is media.</summary>
    public double End => _initialization is null ? 0 : _end / (double)_initialization.Timescale;

    /// <summary>Whether fragments wait for more of their segment.</summary>
    public bool HasPending => _length > 0;

    /// <summary>Whether any media was accepted.</summary>
    public bool HasMedia => _sequence > 0;

    /// <summary>A new run of the encoder begins.</summary>
    public void BeginRun() => _placed = false;

    /// <summary>Takes a unit from the encoder's pipe.</summary>
    /// <exception cref="InvalidDataException">Not what our encoder writes, or an initialization that differs from segment 0.</exception>
    public Acceptance Accept(Mp4Unit unit, RunClock run)
    {
        if (unit.IsInitialization)
        {
            AcceptInitialization(unit.Bytes.Span);
            return Acceptance.InStep;
        }

        var bytes = unit.Bytes.Span;
        var fragment = VideoFragment.Read(bytes, _initialization ?? throw new InvalidDataException("A fragment precedes the initialization."));
        if (!_placed) { Place(fragment, run); }

        fragment = fragment.MoveTo(bytes, Math.Max(_runStart + fragment.Time, _end), ++_sequence);
        var stoppedAt = run.StoppedAt(clock);
        if (stoppedAt is { } stop && Seconds(fragment.Time) > stop + StopTolerance) { return Acceptance.AfterStop; }

        var now = clock.Now;
        var acceptance = Acceptance.InStep;
        if (Seconds(fragment.Time + fragment.Duration) is var end && (end > now + LargestLead || end < now - LargestLag))
        {
            acceptance = Acceptance.OutOfStep;
            if (end > now) { fragment = fragment.EndAt(bytes, Ticks(now)); }
        }

        Append(bytes, fragment, mayCut: stoppedAt is null);
        return acceptance;
    }

    /// <summary>The run is over. What it recorded lasts until <paramref name="stoppedAt"/>, if it was told to stop: nothing changed on the screen until then.</summary>
    public void EndRun(double? stoppedAt)
    {
        if (stoppedAt is { } stop && _length > 0 && stop - End < LongestStill)
        {
            GiveLastFragmentDurations();
            _last = _last.EndAt(_pending.AsSpan(_lastFragment, _length - _lastFragment), Ticks(stop));
            _end = _last.Time + _last.Duration;
        }

        Cut();
    }

    /// <summary>Closes the pending segment, if there is one.</summary>
    public void Cut()
    {
        if (_length == 0) { return; }

        track.Write(_pending.AsSpan(0, _length), Seconds(_start), Seconds(_end - _start), _key);
        CryptographicOperations.ZeroMemory(_pending.AsSpan(0, _length));
        _length = 0;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_pending);

    private void AcceptInitialization(ReadOnlySpan<byte> bytes)
    {
        if (_initializationBytes is null)
        {
            _initialization = VideoInitialization.Read(bytes);
            _initializationBytes = bytes.ToArray();
        }
        else if (!bytes.SequenceEqual(_initializationBytes))
        {
            throw new InvalidDataException("The encoder began again with another initialization: the screen's size or the encoder changed, and one recording cannot hold both.");
        }
    }

    /// <summary>Puts the run onto the session's clock, and writes segment 0 when it is the first.</summary>
    private void Place(VideoFragment first, RunClock run)
    {
        var timestamp = run.FirstFrameTimestamp(Seconds(first.Duration));
        clock.StartAt(timestamp);
        if (_sequence == 0) { track.Begin(_initialization!.MediaType, clock.StartedAt!.Value, _initializationBytes); }

        _runStart = Math.Max(Ticks(clock.At(timestamp)), _end) - first.Time;
        _placed = true;
        timeline.Resume(Seconds(_runStart + first.Time));
    }

    private void Append(ReadOnlySpan<byte> bytes, VideoFragment fragment, bool mayCut)
    {
        if (_length > 0 && (fragment.BeginsWithKeyFrame || Seconds(fragment.Time + fragment.Duration - _start) > LongestSegment)) { Cut(); }
        if (_length == 0) { (_start, _key) = (fragment.Time, fragment.BeginsWithKeyFrame); }

        MakeRoom(bytes.Length);
        bytes.CopyTo(_pending.AsSpan(_length));
        (_lastFragment, _last) = (_length, fragment);
        _length += bytes.Length;
        _end = fragment.Time + fragment.Duration;
        if (mayCut && Seconds(_end - _start) >= SegmentTarget) { Cut(); }
    }

    private void GiveLastFragmentDurations()
    {
        var last = VideoFragment.WithDurations(_pending.AsSpan(_lastFragment, _length - _lastFragment), _initialization!);
        MakeRoom(_lastFragment + last.Length - _length);
        last.CopyTo(_pending.AsSpan(_lastFragment));
        _length = _lastFragment + last.Length;
        _last = VideoFragment.Read(last, _initialization!);
        CryptographicOperations.ZeroMemory(last);
    }

    private void MakeRoom(int more)
    {
        if (_length + more <= _pending.Length) { return; }

        var old = _pending;
        _pending = GC.AllocateUninitializedArray<byte>(checked((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_length + more))), pinned: true);
        old.AsSpan(0, _length).CopyTo(_pending);
        CryptographicOperations.ZeroMemory(old);
    }

    private double Seconds(long ticks) => ticks / (double)_initialization!.Timescale;

    private long Ticks(double seconds) => (long)Math.Round(seconds * _initialization!.Timescale);
}

/// <summary>How a fragment stood to the clock.</summary>
internal enum Acceptance
{
    /// <summary>Accepted.</summary>
    InStep,

    /// <summary>Accepted, but media time and the monotonic clock disagree: the encoder must begin again.</summary>
    OutOfStep,

    /// <summary>Not accepted: captured after the order to stop.</summary>
    AfterStop,
}
