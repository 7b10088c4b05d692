using SecureRecorder.Recorder.Indicator;

namespace SecureRecorder.Recorder.Capture;

/// <summary>How the screen is captured on one platform.</summary>
internal interface IScreenSource
{
    /// <summary>Looks for what is to be recorded, without capturing anything, and says how ffmpeg gets at it.</summary>
    /// <exception cref="CannotCaptureException">It is not there; the message says what is missing and what there is.</exception>
    CaptureInput Resolve(ScreenSelection selection);

    /// <summary>Shows on that screen that it is recorded; <see langword="null"/>: on this platform the terminal alone says so.</summary>
    /// <exception cref="CannotCaptureException">It cannot be shown; the message says where and why.</exception>
    IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time);
}

/// <summary>ffmpeg's input.</summary>
/// <param name="Arguments">Everything up to and with <c>-i …</c>.</param>
/// <param name="Filter">What must be done to its frames first, each filter followed by a comma; empty: nothing.</param>
/// <param name="Description">For people, e.g. <c>display :0, 1920x1080</c>.</param>
internal sealed record CaptureInput(IReadOnlyList<string> Arguments, string Filter, string Description);

/// <summary>The screen cannot be captured: a display, window, monitor or program is missing.</summary>
internal sealed class CannotCaptureException : Exception
{
    public CannotCaptureException() { }
    public CannotCaptureException(string message) : base(message) { }
    public CannotCaptureException(string message, Exception inner) : base(message, inner) { }
}
