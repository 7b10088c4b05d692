using System.Diagnostics;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Indicator;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Indicator;

/// <summary>Recordings of a display whose indicator is looked at, pressed and taken away.</summary>
public sealed class IndicatedRecordingTests : IAsyncLifetime
{
    private readonly XDisplay _display = new(640, 360);
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await _display.InitializeAsync();
        _server = await FakeServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _display.DisposeAsync();
    }

    [Fact]
    public async Task The_very_first_frame_of_a_recording_shows_that_it_is_recorded()
    {
        await using var recorder = Join();
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Waiting for the person's consent"), "waiting is said");
        await IdAsync(); // shown before anybody consented
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        _server.Say(ControlPhase.End, "ended");
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Contains("To stop: Ctrl-C, or the button on the screen", recorder.Printed, StringComparison.Ordinal);
        Assert.True(await RedInFirstFrameAsync() > 2000, "the first frame has the red bar and button");
    }

    [Fact]
    public async Task Its_button_ends_the_session_in_order()
    {
        await using var recorder = Join();
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        await PressStopAsync();
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Contains("Stopped with the button", recorder.Printed, StringComparison.Ordinal);
        Assert.Equal(TrackEnd.Ended, _server.Finished!.End);
        Assert.Equal(_server.ManifestOf("video").Segments, _server.Committed["video"]);
    }

    [Fact]
    public async Task Without_the_window_capture_stops_and_what_there_is_is_finished()
    {
        await using var recorder = Join();
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        await ToolAsync("windowkill", await IdAsync());
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Null(recorder.EncoderId);
        Assert.Contains("window on the screen is gone", recorder.Printed, StringComparison.Ordinal);
        Assert.Equal(TrackEnd.Ended, _server.ManifestOf("video").End);
    }

    [Fact]
    public async Task Taken_away_before_the_consent_nothing_is_captured()
    {
        await using var recorder = Join();
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Waiting for the person's consent"), "waiting is said");
        await ToolAsync("windowclose", await IdAsync());
        await EndsAsync(recorder, ExitCode.NoConsent);
        Assert.Empty(_server.AddressRequests);
        Assert.Empty(Directory.EnumerateFileSystemEntries(recorder.SpoolRoot));
    }

    [Fact]
    public async Task Its_button_works_while_the_server_is_away_and_what_was_recorded_is_delivered_later()
    {
        await using var recorder = Join();
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        var port = _server.Address.Port;
        await _server.StopListeningAsync();
        await PressStopAsync();
        await Eventually.TrueAsync(() => recorder.EncoderId is null, "capture has stopped");
        Assert.False(recorder.Ended.IsCompleted);
        Assert.NotEmpty(Directory.EnumerateFiles(recorder.SpoolRoot, "*", SearchOption.AllDirectories));
        await _server.ListenAsync(port);
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Equal(_server.ManifestOf("video").Segments, _server.Committed["video"]);
    }

    [Fact]
    public async Task Where_it_cannot_be_shown_nothing_is_captured_and_the_code_stays_unused()
    {
        _server.Intercept = context => throw new InvalidOperationException($"{context.Request.Path} was asked for.");
        await using var recorder = Join(new Unindicated());
        await EndsAsync(recorder, ExitCode.CannotCapture);
        Assert.Contains("cannot be shown on display ':4711', and nothing is captured without it", recorder.Printed, StringComparison.Ordinal);
        Assert.Contains("The code was not used.", recorder.Printed, StringComparison.Ordinal);
    }

    private RecordedByTest Join(IScreenSource? screen = null) => new(_server, new(_display.Name, null, null, null, 10), screen: screen);

    private async Task CommittedAsync(int count, RecordedByTest recorder) =>
        await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count >= count, $"{count} segments are committed: {recorder.Printed}");

    private static async Task EndsAsync(RecordedByTest recorder, ExitCode expected)
    {
        var ended = await recorder.Ended.WaitAsync(Eventually.Limit);
        Assert.True(ended == expected, $"It ended with {ended}, not {expected}:\n{recorder.Printed}");
    }

    private Task<string> IdAsync() => ToolAsync("search", "--sync", "--onlyvisible", "--name", $"^{X11Indicator.WindowName}$");

    private async Task PressStopAsync()
    {
        var geometry = await ToolAsync("getwindowgeometry", "--shell", await IdAsync());
        var at = geometry.Split('\n').Select(line => line.Split('=')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1]));
        await ToolAsync("mousemove", $"{at["X"] + 20}", $"{at["Y"] + at["HEIGHT"] - 20}", "click", "1");
    }

    private async Task<string> ToolAsync(params string[] arguments)
    {
        await using var tool = _display.Show("xdotool", arguments);
        Assert.True(await tool.WaitForExitAsync(Eventually.Limit) == 0, $"xdotool {string.Join(' ', arguments)}: {tool.Output}");
        return tool.Output.Trim();
    }

    private async Task<int> RedInFirstFrameAsync()
    {
        byte[] video = [.. await _server.OpenAsync("video", 0), .. await _server.OpenAsync("video", 1)];
        var start = new ProcessStartInfo("ffmpeg", ["-nostdin", "-loglevel", "error", "-i", "pipe:0", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var decoder = Process.Start(start)!;
        using var frame = new MemoryStream();
        var reading = decoder.StandardOutput.BaseStream.CopyToAsync(frame);
        try
        {
            await decoder.StandardInput.BaseStream.WriteAsync(video);
            decoder.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has its frame and reads no further
        }

        await reading;
        return frame.ToArray().Chunk(3).Count(pixel => pixel is [> 150, < 90, < 90]);
    }

    /// <summary>A screen that could be captured, and shows nothing.</summary>
    private sealed class Unindicated : IScreenSource
    {
        private readonly X11Screen _real = new();

        public CaptureInput Resolve(ScreenSelection selection) => _real.Resolve(selection);

        public IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time) => _real.ShowIndicator(selection with { Display = ":4711" }, face, time);
    }
}
