using System.Text.RegularExpressions;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Indicator;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Indicator;

/// <summary>The window itself, on a display of its own without a window manager, seen and handled from outside with the usual tools.</summary>
public sealed partial class X11IndicatorTests : IAsyncLifetime
{
    private const int Red = 0xc02626;
    private static readonly IndicatorFace Recording = new(IndicatorTone.Recording, "RECORDING since 14:02", "This screen is being recorded.", "By: Example Ltd", "Stop recording");
    private static readonly IndicatorFace Paused = new(IndicatorTone.Paused, "Paused by the technician", "Nothing is captured now.", "By: Exämple Łtd 😀", "Stop recording");

    private readonly XDisplay _display = new(640, 360);

    public ValueTask InitializeAsync() => _display.InitializeAsync();

    public ValueTask DisposeAsync() => _display.DisposeAsync();

    [Fact]
    public async Task It_is_on_the_screen_when_it_was_shown_and_every_face_looks_different()
    {
        await using var indicator = Open();
        var recording = await LookAsync();
        Assert.True(recording.Count(pixel => pixel == Red) > 2000, "the red bar and button are seen");
        Assert.True(recording.Count(pixel => pixel == X11Drawing.Black) > 300, "dark words on white are seen");
        await indicator.ShowAsync(Paused);
        var paused = await LookAsync();
        Assert.DoesNotContain(Red, paused);
        await indicator.ShowAsync(Paused with { Tone = IndicatorTone.Over, Stop = null });
        Assert.NotEqual(paused, await LookAsync());
        Assert.Null(indicator.End);
    }

    [Fact]
    public async Task The_button_stops_it_and_nothing_else_in_the_window_does()
    {
        await using var indicator = Open();
        var (x, y, _, height) = await GeometryAsync();
        await ClickAsync(x + 20, y + 10);
        await ClickAsync(x + 200, y + height - 20); // beside the button
        await DragAsync(x + 20, y + height - 20, x + 20, y + 10); // pressed, and thought better of
        Assert.Null(indicator.End);
        await ClickAsync(x + 20, y + height - 20);
        await EndedAsync(indicator, "Stopped with the button");
    }

    [Fact]
    public async Task When_nothing_can_be_stopped_any_more_there_is_no_button()
    {
        await using var indicator = Open();
        await indicator.ShowAsync(Recording with { Stop = null });
        var (x, y, _, height) = await GeometryAsync();
        await ClickAsync(x + 20, y + height - 20);
        await indicator.ShowAsync(Paused);
        Assert.Null(indicator.End);
    }

    [Theory]
    [InlineData("windowclose", "it was hidden or destroyed")]
    [InlineData("windowkill", "it was closed, or the X server ended")]
    [InlineData("windowunmap", "it was hidden or destroyed")]
    public async Task Whatever_takes_it_away_is_noticed(string how, string said)
    {
        await using var indicator = Open();
        await ToolAsync("xdotool", how, await IdAsync());
        await EndedAsync(indicator, said);
    }

    [Fact]
    public async Task A_window_that_is_put_into_another_one_counts_as_gone()
    {
        await using var indicator = Open();
        await using var other = _display.Show("xterm", "-T", "other", "-e", "cat");
        await ToolAsync("xdotool", "windowreparent", await IdAsync(), await ToolAsync("xdotool", "search", "--sync", "--onlyvisible", "--name", "^other$"));
        await EndedAsync(indicator, "it was hidden or destroyed");
    }

    [Fact]
    public async Task The_end_of_the_X_server_is_noticed()
    {
        await using var indicator = Open();
        _display.Server.Kill();
        await EndedAsync(indicator, "gone");
    }

    [Fact]
    public async Task Covered_it_comes_to_the_top_again()
    {
        await using var indicator = Open();
        await using var cover = _display.Show("xterm", "-geometry", "200x60+0+0", "-T", "cover", "-bg", "black", "-e", "cat");
        await ToolAsync("xdotool", "search", "--sync", "--onlyvisible", "--name", "^cover$");
        await Eventually.TrueAsync(async () => (await LookAsync()).Count(pixel => pixel == Red) > 2000, "the indicator lies above what covered it");
        Assert.Null(indicator.End);
    }

    [Fact]
    public async Task It_can_be_dragged_aside_but_not_off_the_screen_and_not_made_smaller()
    {
        await using var indicator = Open();
        var (x, y, width, height) = await GeometryAsync();
        await DragAsync(x + 100, y + 10, 110, 15);
        Assert.Equal((10, 5, width, height), await GeometryAsync());
        var id = await IdAsync();
        await ToolAsync("xdotool", "windowmove", id, "5000", "-300");
        await Eventually.TrueAsync(async () => await GeometryAsync() == (640 - width, 0, width, height), "it is back on the screen");
        await ToolAsync("xdotool", "windowsize", id, "1", "1");
        await Eventually.TrueAsync(async () => await GeometryAsync() == (640 - width, 0, width, height), "it has its size again");
        Assert.Null(indicator.End);
    }

    [Fact]
    public async Task It_takes_the_keyboard_from_nobody()
    {
        await using var typed = _display.Show("xterm", "-T", "typed", "-e", "cat");
        var window = await ToolAsync("xdotool", "search", "--sync", "--onlyvisible", "--name", "^typed$");
        await ToolAsync("xdotool", "windowfocus", "--sync", window);
        await using var indicator = Open();
        var (x, y, _, _) = await GeometryAsync();
        await ClickAsync(x + 20, y + 10);
        Assert.Equal(window, await ToolAsync("xdotool", "getwindowfocus"));
    }

    [Theory]
    [InlineData(":4711", "display ':4711'", "no X server answers there")]
    [InlineData("nonsense", "display 'nonsense'", "not the name of an X display")]
    public void A_window_that_cannot_be_shown_is_said_with_display_and_cause(string display, string where, string why)
    {
        var refused = Assert.Throws<CannotCaptureException>(() => X11Indicator.Open(display, _ => default, Recording, TimeProvider.System));
        Assert.Contains(where, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains("nothing is captured without it", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr_CA.UTF-8")]
    [InlineData("es-MX")]
    public void Every_line_of_every_language_fits(string language)
    {
        var words = IndicatorWords.Of(language);
        Assert.True(language == "en" || words != IndicatorWords.Of("en"));
        Assert.All([words.Waiting, words.Recording("14:02"), words.PausedByPerson, words.PausedByTechnician, words.Interrupted, words.Over], title => Assert.InRange(title.Length, 1, 36));
        Assert.All([words.WaitingDetail, words.RecordingDetail, words.PausedDetail, words.OverDetail], detail => Assert.InRange(detail.Length, 1, 40));
        Assert.InRange(words.Stop.Length, 1, 36);
    }

    private X11Indicator Open() =>
        Assert.IsType<X11Indicator>(new X11Screen().ShowIndicator(new(_display.Name, null, null, null, 10), Recording, TimeProvider.System));

    private static Task EndedAsync(X11Indicator indicator, string said) =>
        Eventually.TrueAsync(() => indicator.End?.Message.Contains(said, StringComparison.Ordinal) ?? false, $"it ended because '{said}', not '{indicator.End?.Message}'");

    private async Task<string> IdAsync() => (await ToolAsync("xdotool", "search", "--name", $"^{X11Indicator.WindowName}$")).Trim();

    private async Task<(int X, int Y, int Width, int Height)> GeometryAsync()
    {
        var said = Geometry().Match(await ToolAsync("xwininfo", "-id", await IdAsync()));
        return (int.Parse(said.Groups["x"].ValueSpan), int.Parse(said.Groups["y"].ValueSpan), int.Parse(said.Groups["w"].ValueSpan), int.Parse(said.Groups["h"].ValueSpan));
    }

    private Task ClickAsync(int x, int y) => ToolAsync("xdotool", "mousemove", $"{x}", $"{y}", "click", "1");

    private Task DragAsync(int x, int y, int toX, int toY) =>
        ToolAsync("xdotool", "mousemove", $"{x}", $"{y}", "mousedown", "1", "mousemove", $"{toX}", $"{toY}", "sleep", "0.3", "mouseup", "1", "sleep", "0.3");

    private async Task<string> ToolAsync(string program, params string[] arguments)
    {
        await using var tool = _display.Show(program, arguments);
        Assert.True(await tool.WaitForExitAsync(Eventually.Limit) == 0, $"{program} {string.Join(' ', arguments)}: {tool.Output}");
        return tool.Output.Trim();
    }

    /// <summary>The whole screen now: 0xRRGGBB a pixel.</summary>
    private async Task<int[]> LookAsync()
    {
        var start = new System.Diagnostics.ProcessStartInfo("ffmpeg",
            ["-nostdin", "-loglevel", "error", "-f", "x11grab", "-draw_mouse", "0", "-video_size", $"{_display.Width}x{_display.Height}", "-i", _display.Name, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr0", "-"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var eye = System.Diagnostics.Process.Start(start)!;
        using var raw = new MemoryStream();
        await eye.StandardOutput.BaseStream.CopyToAsync(raw);
        await eye.WaitForExitAsync();
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(raw.ToArray()).ToArray().Select(pixel => pixel & 0xffffff)];
    }

    [GeneratedRegex("Absolute upper-left X: +(?<x>-?[0-9]+)\\s+Absolute upper-left Y: +(?<y>-?[0-9]+)[^W]+Width: (?<w>[0-9]+)\\s+Height: (?<h>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Geometry();
}
