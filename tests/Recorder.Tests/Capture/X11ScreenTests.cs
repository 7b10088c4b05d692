using SecureRecorder.Recorder.Capture;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class X11ScreenTests(Screen screen)
{
    [Theory]
    [InlineData(":4711", "no display ':4711'")]
    [InlineData("nonsense", "not the name of an X display")]
    public void A_display_that_does_not_exist_is_named(string display, string message) => Refuses(screen.Whole with { Display = display }, message);

    [Fact]
    public void A_screen_that_the_display_does_not_have_is_refused() => Refuses(screen.Whole with { Display = screen.Name + ".3" }, "there is no screen 3");

    [Fact]
    public void A_region_outside_the_display_is_refused_with_the_displays_size() =>
        Refuses(screen.Whole with { Region = new(Screen.Width, Screen.Height, 1, 0) }, $"{Screen.Width}x{Screen.Height}");

    [Fact]
    public void A_monitor_that_is_not_there_is_refused_with_those_that_are() => Refuses(screen.Whole with { Monitor = "HDMI-9" }, "it has 0 (");

    [Theory]
    [InlineData("no such title")]
    [InlineData("0x7fffff0")]
    public void A_window_that_is_not_there_is_refused(string window) => Refuses(screen.Whole with { Window = window }, window);

    [Fact]
    public async Task A_window_is_found_by_its_title_part_of_it_or_its_id()
    {
        await using var terminal = ChildProcess.Start("xterm", ["-T", "Unmistakable 4711", "-e", "cat"], new Dictionary<string, string?> { ["DISPLAY"] = screen.Name });
        var id = await ShownAsync("Unmistakable 4711");
        Assert.Equal(id, IdOf(new X11Screen().Resolve(screen.Whole with { Window = "mistakable 47" })));
        Assert.Equal(id, IdOf(new X11Screen().Resolve(screen.Whole with { Window = id })));
        await using var second = ChildProcess.Start("xterm", ["-T", "Unmistakable 4712", "-e", "cat"], new Dictionary<string, string?> { ["DISPLAY"] = screen.Name });
        await ShownAsync("Unmistakable 4712");
        Refuses(screen.Whole with { Window = "mistakable" }, "choose one by its id");
    }

    private async Task<string> ShownAsync(string title)
    {
        string? id = null;
        await Eventually.TrueAsync(
            () =>
            {
                try { id = IdOf(new X11Screen().Resolve(screen.Whole with { Window = title })); }
                catch (CannotCaptureException) { } // not yet
                return id is not null;
            },
            $"the window '{title}' is shown");
        return id!;
    }

    private static string IdOf(CaptureInput input) => input.Arguments[input.Arguments.ToList().IndexOf("-window_id") + 1];

    private static void Refuses(ScreenSelection selection, string message) =>
        Assert.Contains(message, Assert.Throws<CannotCaptureException>(() => new X11Screen().Resolve(selection)).Message, StringComparison.Ordinal);
}
