// Longer than 300 lines: every way in which one whole recording goes, over one scene.
using System.Text;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Recorder.Indicator;
using SecureRecorder.Recorder.Tests.Capture;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Recorder.Tests.Session;

/// <summary>Whole recordings of a real display by a real ffmpeg, against a server that the test plays.</summary>
public sealed class JoinSessionTests(Screen screen) : IAsyncLifetime
{
    private FakeServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Records_seals_uploads_commits_and_finishes()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Waiting for the person's consent"), "waiting is said");
        Assert.Empty(_server.Objects);

        _server.Say(ControlPhase.Record);
        await CommittedAsync(3, recorder);
        _server.Say(ControlPhase.End, "ended");

        await EndsAsync(recorder, ExitCode.Done);
        Assert.Contains("Example Ltd records", recorder.Printed, StringComparison.Ordinal);
        Assert.Contains("region eu-test: recorded", recorder.Printed, StringComparison.Ordinal);
        var manifest = _server.ManifestOf("video");
        Assert.Equal(_server.Committed["video"], manifest.Segments);
        Assert.Equal(_server.StartedAt!.Value.ToUnixTimeMilliseconds(), manifest.StartedAt.ToUnixTimeMilliseconds());
        Assert.Equal("ended", manifest.End);
        Assert.Equal("ftyp", Encoding.ASCII.GetString(await _server.OpenAsync("video", 0), 4, 4));
        Assert.Equal("moof", Encoding.ASCII.GetString(await _server.OpenAsync("video", 1), 4, 4));
        Assert.Equal("RIFF", Encoding.ASCII.GetString(await _server.OpenAsync("thumbnails", 0), 0, 4));
        Assert.Equal(manifest.Segments[^1].Start + manifest.Segments[^1].Duration, (await FramesAsync())[^1].Time, 0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(recorder.SpoolRoot));
        Assert.DoesNotContain(_server.Objects, stored => stored.Value.AsSpan().IndexOf("ftyp"u8) >= 0 || stored.Value.AsSpan().IndexOf("WEBP"u8) >= 0);
    }

    [Fact]
    public async Task A_wrong_code_is_refused_in_the_servers_words()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole, code: "WRONG");
        await EndsAsync(recorder, ExitCode.CodeRefused);
        Assert.Contains("This code is not valid.", recorder.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_be_known_before_joining_does_not_cost_the_code()
    {
        _server.Intercept = context => throw new InvalidOperationException($"{context.Request.Path} was asked for.");
        await using var recorder = new RecordedByTest(_server, screen.Whole with { Display = ":4711" });
        await EndsAsync(recorder, ExitCode.CannotCapture);
        Assert.Contains("The code was not used.", recorder.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_declines_is_not_captured()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Waiting"), "waiting is said");
        _server.Say(ControlPhase.Closed);
        await EndsAsync(recorder, ExitCode.NoConsent);
        Assert.Empty(_server.AddressRequests);
        Assert.Empty(Directory.EnumerateFileSystemEntries(recorder.SpoolRoot));
    }

    [Fact]
    public async Task A_consent_that_does_not_verify_ends_it_before_anything_is_captured()
    {
        (_server.ReceiptJws, _server.CountersignatureJws) = _server.Consent(receipt => receipt with { Choices = new(false, true) });
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await EndsAsync(recorder, ExitCode.ConsentNotVerified);
        Assert.Empty(_server.AddressRequests);
        Assert.Equal([], _server.Finished!.Tracks);
    }

    [Fact]
    public async Task Without_a_receipt_nothing_is_captured_however_often_the_server_says_record()
    {
        var receipt = _server.ReceiptJws;
        _server.ReceiptJws = null;
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("cannot show the receipt"), "that is said");
        Assert.Empty(_server.AddressRequests);
        _server.ReceiptJws = receipt;
        await CommittedAsync(1, recorder);
        _server.Say(ControlPhase.End);
        await EndsAsync(recorder, ExitCode.Done);
    }

    [Fact]
    public async Task A_receipt_exchanged_in_the_middle_ends_the_recording_and_keeps_what_was_allowed()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        var first = _server.ReceiptJws;
        (_server.ReceiptJws, _server.CountersignatureJws) = _server.Consent(receipt => receipt with { Participant = "p2" });
        await EndsAsync(recorder, ExitCode.ConsentNotVerified);
        Assert.Equal(ConsentReceipt.DigestOf(first!), System.Buffers.Text.Base64Url.DecodeFromChars(_server.ManifestOf("video").Consent));
    }

    [Fact]
    public async Task A_pause_is_a_gap_with_its_reason_and_what_follows_lies_where_it_was_captured()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        var asked = TimeProvider.System.GetUtcNow();
        _server.Say(ControlPhase.Pause, GapReason.PausedByPerson);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Paused by the recorded person"), "the pause is said");
        await Eventually.TrueAsync(() => !IsCapturing(recorder), "ffmpeg has ended");
        var before = _server.Committed["video"].Count;
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(before + 3, recorder);
        _server.Say(ControlPhase.End, "ended");

        await EndsAsync(recorder, ExitCode.Done);
        var gap = Assert.Single(_server.ManifestOf("video").Gaps);
        Assert.Equal(GapReason.PausedByPerson, gap.Reason);
        Assert.InRange(gap.Duration, 3, 3 + 30);
        var frames = await FramesAsync();
        Assert.DoesNotContain(frames, frame => frame.Time > gap.Start + 0.3 && frame.Time < gap.Start + gap.Duration - 0.3);
        Assert.Contains(frames, frame => Math.Abs(frame.Time - gap.Start - gap.Duration) < 0.01 && frame.Key);
        Assert.Equal(_server.Gaps, _server.ManifestOf("video").Gaps);
        Assert.InRange(gap.Start, 0, (asked - _server.StartedAt!.Value).TotalSeconds + 1); // nothing of what came a second after the order
    }

    [Fact]
    public async Task A_pause_that_lasts_to_the_end_is_committed_too()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        _server.Say(ControlPhase.Pause, GapReason.PausedByTechnician);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Paused by the technician"), "the pause is said");
        _server.Say(ControlPhase.End, "ended");
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Equal(GapReason.PausedByTechnician, Assert.Single(_server.Gaps).Reason);
    }

    [Fact]
    public async Task When_the_person_is_not_seen_for_ten_seconds_capture_stops_and_resumes_when_seen_again()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        _server.PersonSeenMsAgo = () => 10_001;
        await Eventually.TrueAsync(() => recorder.Printed.Contains("page is not seen"), "the loss is said");
        _server.PersonSeenMsAgo = () => 0;
        await CommittedAsync(_server.Committed["video"].Count + 2, recorder);
        _server.Say(ControlPhase.End, "ended");
        await EndsAsync(recorder, ExitCode.Partial);
        Assert.Equal(GapReason.Lost, Assert.Single(_server.Gaps).Reason);
    }

    [Fact]
    public async Task When_the_server_falls_silent_capture_stops_by_itself_and_nothing_is_lost()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.PersonSeenMsAgo = () => 8_000; // so that the wait is short
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        _server.ControlSilent = true;
        await Eventually.TrueAsync(() => recorder.Printed.Contains("page is not seen"), "the loss is said");
        _server.ControlSilent = false;
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => _server.Gaps.Count == 1, "the gap is committed: " + recorder.Printed);
        recorder.Interrupt();
        await EndsAsync(recorder, ExitCode.Partial);
    }

    [Fact]
    public async Task An_encoder_that_is_killed_is_begun_again_once_and_the_loss_is_a_gap()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        KillEncoder(recorder);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Capture broke off."), "that is said");
        await CommittedAsync(_server.Committed["video"].Count + 2, recorder);
        _server.Say(ControlPhase.End, "ended");
        await EndsAsync(recorder, ExitCode.Partial);
        Assert.Equal(GapReason.Lost, Assert.Single(_server.Gaps).Reason);
        Assert.NotEmpty(await FramesAsync());
    }

    [Fact]
    public async Task An_encoder_that_dies_twice_ends_the_session_as_partial_with_its_last_words()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        KillEncoder(recorder);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Capture broke off."), "that is said");
        await Eventually.TrueAsync(() => IsCapturing(recorder), "it began again");
        KillEncoder(recorder);
        await EndsAsync(recorder, ExitCode.Partial);
        Assert.Contains("broke off twice", recorder.Printed, StringComparison.Ordinal);
        Assert.Contains("ffmpeg ended with 137", recorder.Printed, StringComparison.Ordinal);
        Assert.Equal(GapReason.Lost, _server.Gaps[^1].Reason);
    }

    [Fact]
    public async Task A_screen_that_cannot_be_captured_after_all_ends_with_ffmpegs_words()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole, screen: new Vanished());
        _server.Say(ControlPhase.Record);
        await EndsAsync(recorder, ExitCode.CannotCapture);
        Assert.Contains(":4711", recorder.Printed, StringComparison.Ordinal);
        Assert.Equal([], _server.Finished!.Tracks);
    }

    [Fact]
    public async Task Ctrl_C_ends_the_session_in_order()
    {
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.Say(ControlPhase.Record);
        await CommittedAsync(2, recorder);
        recorder.Interrupt();
        await EndsAsync(recorder, ExitCode.Done);
        Assert.Equal("ended", _server.Finished!.End);
        Assert.True(_server.Finished.Tracks.All(track => track.Manifest));
        Assert.Equal(_server.ManifestOf("video").Segments.Count, _server.Committed["video"].Count);
    }

    [Fact]
    public async Task A_withdrawal_discards_what_is_not_in_the_bucket_yet()
    {
        var closed = new TaskCompletionSource();
        await using var recorder = new RecordedByTest(_server, screen.Whole);
        _server.InterceptPut = async (context, name) =>
        {
            if (name is "video/00000003.seal" && !closed.Task.IsCompleted) { await closed.Task; context.Abort(); return true; }
            return false;
        };
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => _server.Objects.ContainsKey("video/00000004.seal"), "a later segment is stored, the third hangs: " + recorder.Printed);
        _server.Say(ControlPhase.End, "withdrawn");
        await EndsAsync(recorder, ExitCode.Done);
        closed.SetResult();
        Assert.Equal("withdrawn", _server.Finished!.End);
        Assert.Equal(3, _server.ManifestOf("video").Segments.Count);
        Assert.DoesNotContain("video/00000003.seal", _server.Objects.Keys);
        Assert.Empty(Directory.EnumerateFileSystemEntries(recorder.SpoolRoot));
    }

    [Fact]
    public async Task A_full_spool_pauses_capture_and_says_so_and_capture_resumes_when_it_is_drained()
    {
        var full = true;
        await using var recorder = new RecordedByTest(_server, screen.Whole, limit: 4_000);
        _server.InterceptPut = async (context, _) =>
        {
            if (full) { context.Response.StatusCode = 507; }
            return await Task.FromResult(full);
        };
        _server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("the spool is full"), "that is said");
        Assert.Contains("it is full", recorder.Printed, StringComparison.Ordinal); // the store
        full = false;
        await Eventually.TrueAsync(() => _server.Gaps.Any(gap => gap.Reason == GapReason.Lost), "capture went on after a gap: " + recorder.Printed);
        _server.Say(ControlPhase.End, "ended");
        await EndsAsync(recorder, ExitCode.Partial);
        Assert.Equal(_server.ManifestOf("video").Segments, _server.Committed["video"]);
    }

    private async Task CommittedAsync(int count, RecordedByTest recorder) =>
        await Eventually.TrueAsync(() => _server.Committed.TryGetValue("video", out var video) && video.Count >= count, $"{count} segments are committed: {recorder.Printed}");

    private static async Task EndsAsync(RecordedByTest recorder, ExitCode expected)
    {
        var ended = await recorder.Ended.WaitAsync(Eventually.Limit);
        Assert.True(ended == expected, $"It ended with {ended}, not {expected}:\n{recorder.Printed}");
    }

    private static bool IsCapturing(RecordedByTest recorder) => recorder.EncoderId is not null;

    private static void KillEncoder(RecordedByTest recorder) => System.Diagnostics.Process.GetProcessById(recorder.EncoderId!.Value).Kill();

    private async Task<List<(double Time, bool Key)>> FramesAsync()
    {
        List<byte> all = [];
        for (var index = 0; index < _server.Committed["video"].Count; index++) { all.AddRange(await _server.OpenAsync("video", index)); }
        return await EncodedPattern.FramesAsync([.. all]);
    }

    private sealed class Vanished : IScreenSource
    {
        public CaptureInput Resolve(ScreenSelection selection) => new(["-f", "x11grab", "-i", ":4711"], "", "a display that is gone");

        public IIndicator? ShowIndicator(ScreenSelection selection, IndicatorFace face, TimeProvider time) => null;
    }
}
