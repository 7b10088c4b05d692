using SecureRecorder.Recorder.Indicator;

namespace SecureRecorder.Recorder.Capture;

/// <summary>Captures a macOS screen with <c>avfoundation</c>. It needs the system's permission to record the screen.</summary>
internal sealed class MacScreen : IScreenSource
{
    public CaptureInput Resolve(ScreenSelection selection)
    {
        if (selection.Window is not null) { throw new CannotCaptureException("On macOS a single window cannot be recorded; record a --monitor or a --region of it."); }

        var screen = selection.Monitor is not { } monitor ? 0
            : int.TryParse(monitor, out var number) && number >= 0 ? number
            : throw new CannotCaptureException($"'{monitor}' is not a screen's number; they count from 0.");
        var crop = selection.Region is { } region ? $"crop={region.Width}:{region.Height}:{region.X}:{region.Y}," : "";
        return new(
            ["-f", "avfoundation", "-capture_cursor", "1", "-framerate", $"{selection.FramesPerSecond}", "-i", $"Capture screen {screen}:none"],
            crop, $"screen {screen}{(selection.Region is { } part ? $", region {part}" : "")}");
    }

    public IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time) => null;
}
