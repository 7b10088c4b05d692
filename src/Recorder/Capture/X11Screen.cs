using SecureRecorder.Recorder.Indicator;

namespace SecureRecorder.Recorder.Capture;

/// <summary>Captures an X11 display with ffmpeg's <c>x11grab</c>.</summary>
internal sealed class X11Screen : IScreenSource
{
    public CaptureInput Resolve(ScreenSelection selection)
    {
        var display = DisplayOf(selection);
        using var connection = X11Connection.Open(display);
        var windows = new X11Windows(connection);
        if (windows.IsXwayland())
        {
            throw new CannotCaptureException($"Display '{display}' belongs to a Wayland session, whose screen an X program cannot see. Log in with an X11 (Xorg) session.");
        }

        var whole = windows.GeometryOf(connection.Root) ?? throw new CannotCaptureException($"Display '{display}' has no screen.");
        if (selection.Window is { } wanted) { return Window(display, windows, wanted, selection.FramesPerSecond); }

        var (area, what) = (whole, "");
        if (selection.Monitor is { } monitor) { (area, what) = Monitor(display, windows.Monitors(), monitor); }
        if (selection.Region is { } region) { (area, what) = (Inside(display, whole, region), ", region"); }
        return new(
            [.. Grab(selection.FramesPerSecond), "-video_size", $"{area.Width}x{area.Height}", "-grab_x", $"{area.X}", "-grab_y", $"{area.Y}", "-i", display],
            "", $"display {display}{what}, {area}");
    }

    /// <summary>On the monitor that is recorded, or on which the region or the display begins: it is shown too when only a window is recorded.</summary>
    public IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time)
    {
        var display = DisplayOf(selection);
        return X11Indicator.Open(display, x => Around(x, selection, display), face, time);
    }

    private static ScreenRegion Around(X11Connection connection, ScreenSelection selection, string display)
    {
        var monitors = new X11Windows(connection).Monitors();
        var at = selection.Region ?? new(1, 1, 0, 0);
        return selection.Monitor is { } wanted ? Monitor(display, monitors, wanted).Area
            : monitors.FirstOrDefault(monitor => monitor.Area is var area && at.X >= area.X && at.X < area.X + area.Width && at.Y >= area.Y && at.Y < area.Y + area.Height)?.Area
                ?? new(connection.Setup.Width, connection.Setup.Height, 0, 0);
    }

    private static string DisplayOf(ScreenSelection selection) =>
        (selection.Display ?? Environment.GetEnvironmentVariable("DISPLAY")) is { Length: > 0 } display
            ? display
            : throw new CannotCaptureException("There is no display: DISPLAY is not set. Name one with --display, e.g. --display :0.");

    // a small probe: ffmpeg must not wait for more frames before it begins
    private static IEnumerable<string> Grab(int framesPerSecond) =>
        ["-f", "x11grab", "-probesize", "32", "-analyzeduration", "0", "-framerate", $"{framesPerSecond}", "-draw_mouse", "1"];

    private static CaptureInput Window(string display, X11Windows windows, string wanted, int framesPerSecond)
    {
        var id = TryParseId(wanted) ?? ByTitle(display, windows, wanted);
        if (!windows.IsShown(id)) { throw new CannotCaptureException($"Window '{wanted}' is not shown on display '{display}'."); }

        var area = windows.GeometryOf(id)!.Value;
        return area is { Width: >= ScreenRegion.SmallestSide, Height: >= ScreenRegion.SmallestSide }
            ? new([.. Grab(framesPerSecond), "-window_id", $"{id}", "-i", display], "", $"display {display}, window 0x{id:x}, {area.Width}x{area.Height}")
            : throw new CannotCaptureException($"Window '{wanted}' is {area.Width}x{area.Height}; the smallest that can be recorded is {ScreenRegion.SmallestSide}x{ScreenRegion.SmallestSide}.");
    }

    private static uint? TryParseId(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out var hex) ? hex : null
            : uint.TryParse(text, out var id) ? id : null;

    private static uint ByTitle(string display, X11Windows windows, string title)
    {
        var all = windows.Titled();
        var exact = all.Where(window => window.Title == title).ToList();
        var found = exact.Count > 0 ? exact : all.Where(window => window.Title.Contains(title, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 => found[0].Id,
            0 => throw new CannotCaptureException($"No window on display '{display}' has the title '{title}'."),
            _ => throw new CannotCaptureException($"{found.Count} windows on display '{display}' have the title '{title}'; choose one by its id: {string.Join(", ", found.Select(window => $"0x{window.Id:x}"))}."),
        };
    }

    private static (ScreenRegion Area, string What) Monitor(string display, IReadOnlyList<X11Monitor> monitors, string wanted)
    {
        var found = monitors.FirstOrDefault(monitor => monitor.Name == wanted)
            ?? (int.TryParse(wanted, out var number) && number >= 0 && number < monitors.Count ? monitors[number] : null)
            ?? throw new CannotCaptureException(monitors.Count == 0
                ? $"Display '{display}' names no monitors; record all of it, or a --region."
                : $"Display '{display}' has no monitor '{wanted}'; it has {string.Join(", ", monitors.Select((monitor, i) => $"{i} ({monitor.Name}, {monitor.Area})"))}.");
        return (found.Area, $", monitor {found.Name}");
    }

    private static ScreenRegion Inside(string display, ScreenRegion whole, ScreenRegion region) =>
        region.X + region.Width <= whole.Width && region.Y + region.Height <= whole.Height
            ? region
            : throw new CannotCaptureException($"The region {region} reaches beyond display '{display}', which is {whole.Width}x{whole.Height}.");
}
