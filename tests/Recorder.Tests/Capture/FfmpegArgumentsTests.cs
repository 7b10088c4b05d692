using SecureRecorder.Recorder.Capture;

namespace SecureRecorder.Recorder.Tests.Capture;

public sealed class FfmpegArgumentsTests(Screen screen)
{
    [Fact]
    public void On_X11_the_whole_display_a_region_or_a_monitor_is_a_rectangle_of_the_display()
    {
        var whole = new X11Screen().Resolve(screen.Whole);
        Assert.Equal(
            ["-f", "x11grab", "-probesize", "32", "-analyzeduration", "0", "-framerate", "10", "-draw_mouse", "1",
             "-video_size", $"{Screen.Width}x{Screen.Height}", "-grab_x", "0", "-grab_y", "0", "-i", screen.Name], whole.Arguments);
        var region = new X11Screen().Resolve(screen.Whole with { Region = new(100, 80, 20, 30), FramesPerSecond = 30 });
        Assert.Equal("-framerate 30 -draw_mouse 1 -video_size 100x80 -grab_x 20 -grab_y 30", string.Join(' ', region.Arguments.Skip(6).SkipLast(2)));
        var monitor = new X11Screen().Resolve(screen.Whole with { Monitor = "0" });
        Assert.Contains($"{Screen.Width}x{Screen.Height}", monitor.Arguments);
    }

    [Fact]
    public void On_Windows_a_monitor_goes_through_ddagrab_and_the_rest_through_gdigrab()
    {
        Assert.Equal("-f gdigrab -framerate 10 -draw_mouse 1 -i desktop", Windows(new(null, null, null, null, 10)));
        Assert.Equal("-f gdigrab -framerate 10 -draw_mouse 1 -offset_x 3 -offset_y 4 -video_size 100x80 -i desktop", Windows(new(null, null, new(100, 80, 3, 4), null, 10)));
        Assert.Equal("-f gdigrab -framerate 10 -draw_mouse 1 -i title=Some window", Windows(new(null, null, null, "Some window", 10)));
        Assert.Equal("-f gdigrab -framerate 10 -draw_mouse 1 -i hwnd=0x12", Windows(new(null, null, null, "0x12", 10)));
        Assert.Equal("-f lavfi -i ddagrab=output_idx=1:framerate=15", Windows(new(null, "1", null, null, 15)));
        Assert.StartsWith("[0:v]hwdownload,format=bgra,crop=", Graph(new WindowsScreen().Resolve(new(null, "1", null, null, 15))), StringComparison.Ordinal);
        Assert.Throws<CannotCaptureException>(() => Windows(new(null, "left", null, null, 10)));
    }

    [Fact]
    public void On_macOS_a_screen_is_named_and_a_region_is_cut_out_of_it()
    {
        Assert.Equal("-f avfoundation -capture_cursor 1 -framerate 10 -i Capture screen 1:none", string.Join(' ', new MacScreen().Resolve(new(null, "1", null, null, 10)).Arguments));
        Assert.StartsWith("[0:v]crop=100:80:3:4,crop=", Graph(new MacScreen().Resolve(new(null, null, new(100, 80, 3, 4), null, 10))), StringComparison.Ordinal);
        Assert.Throws<CannotCaptureException>(() => new MacScreen().Resolve(new(null, null, null, "Some window", 10)));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(10, true)]
    [InlineData(30, true)]
    public void A_still_screen_has_a_frame_a_second_at_any_rate(int framesPerSecond, bool decimated)
    {
        var graph = Graph(new(["-i", "x"], "", ""), framesPerSecond);
        Assert.Equal(decimated, graph.Contains($"mpdecimate=hi=64:lo=64:frac=0:max={framesPerSecond - 1},", StringComparison.Ordinal));
        Assert.DoesNotContain("max=0", graph, StringComparison.Ordinal); // without limit
    }

    [Fact]
    public void Commands_are_read_from_standard_input_only_where_there_are_no_signals()
    {
        Assert.Contains("-nostdin", FfmpegArguments.Build(new(["-i", "x"], "", ""), 10, "t"));
        Assert.DoesNotContain("-nostdin", FfmpegArguments.Build(new(["-i", "x"], "", ""), 10, "t", stdin: true));
    }

    private static string Windows(ScreenSelection selection) => string.Join(' ', new WindowsScreen().Resolve(selection).Arguments);

    private static string Graph(CaptureInput input, int framesPerSecond = 10)
    {
        var arguments = FfmpegArguments.Build(input, framesPerSecond, "t").ToList();
        return arguments[arguments.IndexOf("-filter_complex") + 1];
    }
}
