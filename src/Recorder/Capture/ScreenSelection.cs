using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What to record. At most one of monitor, region and window; none: the whole display.</summary>
/// <param name="Display">X display, e.g. <c>:0</c>; elsewhere unused.</param>
/// <param name="Monitor">Its number from 0, or its name.</param>
/// <param name="Window">Its id (decimal or 0x…), or (part of) its title.</param>
/// <param name="FramesPerSecond">1 to 30.</param>
internal sealed record ScreenSelection(string? Display, string? Monitor, ScreenRegion? Region, string? Window, int FramesPerSecond);

/// <summary>A rectangle of the display, in pixels.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct ScreenRegion(int Width, int Height, int X, int Y)
{
    /// <summary>The smallest that the encoder takes.</summary>
    public const int SmallestSide = 16;

    public override string ToString() => $"{Width}x{Height}+{X}+{Y}";

    /// <summary>Reads <c>WxH+X+Y</c>.</summary>
    public static bool TryParse(string text, out ScreenRegion region)
    {
        region = default;
        var match = Pattern().Match(text);
        if (!match.Success) { return false; }
        region = new(Number("width"), Number("height"), Number("x"), Number("y"));
        return region is { Width: >= SmallestSide, Height: >= SmallestSide };

        int Number(string group) => int.Parse(match.Groups[group].ValueSpan);
    }

    [GeneratedRegex("^(?<width>[0-9]{1,5})x(?<height>[0-9]{1,5})\\+(?<x>[0-9]{1,5})\\+(?<y>[0-9]{1,5})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
