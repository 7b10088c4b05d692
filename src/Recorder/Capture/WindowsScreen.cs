using SecureRecorder.Recorder.Indicator;

namespace SecureRecorder.Recorder.Capture;

/// <summary>Captures a Windows desktop: a monitor with <c>ddagrab</c>, everything else with <c>gdigrab</c>.</summary>
internal sealed class WindowsScreen : IScreenSource
{
    public CaptureInput Resolve(ScreenSelection selection)
    {
        var rate = $"{selection.FramesPerSecond}";
        string[] gdi = ["-f", "gdigrab", "-framerate", rate, "-draw_mouse", "1"];
        return selection switch
        {
            { Monitor: { } monitor } => int.TryParse(monitor, out var output) && output >= 0
                ? new(["-f", "lavfi", "-i", $"ddagrab=output_idx={output}:framerate={rate}"], "hwdownload,format=bgra,", $"monitor {output}")
                : throw new CannotCaptureException($"'{monitor}' is not a monitor's number; they count from 0."),
            { Region: { } region } => new(
                [.. gdi, "-offset_x", $"{region.X}", "-offset_y", $"{region.Y}", "-video_size", $"{region.Width}x{region.Height}", "-i", "desktop"], "", $"desktop, region {region}"),
            { Window: { } window } => new(
                [.. gdi, "-i", window.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? $"hwnd={window}" : $"title={window}"], "", "one window"),
            _ => new([.. gdi, "-i", "desktop"], "", "the whole desktop"),
        };
    }

    public IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time) => null;
}
