using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Exports;

/// <summary>P3: an export holds what was recorded, says what was found, and lies nowhere in clear.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Holds_the_video_with_its_gap_the_chat_the_manifests_and_the_receipts()
    {
        await using var scene = await ExportScene.RecordedAsync("Ticket 4711");
        var export = await scene.ReadyAsync();
        Assert.Empty(scene.Server.FilesThatHold("kingfisher"));
        var files = await scene.UnzippedAsync(export);

        Assert.Equal(
            ["README.txt", "chat.json", "chat.txt", "manifests/chat.jws", "manifests/consent.jws", "manifests/video.jws", "receipts/receipt-1-countersignature.jws", "receipts/receipt-1.jws", "verification.txt", "video.mp4"],
            files.Keys.Order(StringComparer.Ordinal));
        var times = await TimesAsync(files["video.mp4"]);
        Assert.Equal(EncodedVideo.Seconds * EncodedVideo.FramesASecond, times.Count);
        Assert.Equal(EncodedVideo.GapLength + 1.0 / EncodedVideo.FramesASecond, times.Zip(times.Skip(1), (a, b) => b - a).Max(), 3);
        Assert.Equal(0, times[0], 3);

        using var chat = JsonDocument.Parse(files["chat.json"]);
        Assert.Equal(["It happens\nwhen I press <b>Save</b>.", "I see a kingfisher."], chat.RootElement.EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        Assert.Matches(@"^\[\d+:\d\d:\d\d\] Recorded person: It happens\n    when I press <b>Save</b>\.\n\[\d+:\d\d:\d\d\] Technician: I see a kingfisher\.\n$", Encoding.UTF8.GetString(files["chat.txt"]));

        Manifest.Verify(Encoding.ASCII.GetString(files["manifests/video.jws"]), scene.Session, TrackName.Video);
        Assert.Equal(await File.ReadAllBytesAsync(scene.FileOf(TrackName.Chat, TrackObjects.Manifest), TestContext.Current.CancellationToken), files["manifests/chat.jws"]);
        Assert.Equal("allow", ConsentReceipt.Verify(Encoding.ASCII.GetString(files["receipts/receipt-1.jws"]), scene.Session).Receipt.Decision);

        var readme = Encoding.UTF8.GetString(files["README.txt"]);
        foreach (var word in (string[])["Ticket 4711", ExportScene.Purpose, Technician.UserName, ExportScene.Approver, $"{export}"]) { Assert.Contains(word, readme, StringComparison.Ordinal); }
        var verification = Encoding.UTF8.GetString(files["verification.txt"]);
        Assert.Contains("\nVERIFIED:", verification, StringComparison.Ordinal);
        Assert.Contains("not recorded from 0:00:03 to 0:00:13: paused by a recorded person", verification, StringComparison.Ordinal);

        Assert.Equal(["tina export.request allowed", "tina export.start allowed", "server export.build allowed", "server export.ready allowed", "tina export.download allowed"], await scene.AuditAsync());
        Assert.Empty(scene.Server.FilesThatHold("kingfisher"));
    }

    [Fact]
    public async Task Burns_in_who_has_it_when_the_policy_asks()
    {
        await using var scene = await ExportScene.RecordedAsync(null, await EncodedVideo.EncodeAsync("color=c=navy:size=640x360:rate=10"), ("Exports:Watermark", "true"));
        var files = await scene.UnzippedAsync(await scene.ReadyAsync());
        var times = await TimesAsync(files["video.mp4"]);
        Assert.Equal(EncodedVideo.Seconds * EncodedVideo.FramesASecond, times.Count);
        Assert.Equal(EncodedVideo.GapLength + 1.0 / EncodedVideo.FramesASecond, times.Zip(times.Skip(1), (a, b) => b - a).Max(), 2);

        var pixels = await EncodedVideo.OutputOfAsync("ffmpeg", files["video.mp4"], "-loglevel", "error", "-i", "pipe:0", "-frames:v", "1", "-vf", "format=gray", "-f", "rawvideo", "pipe:1");
        Assert.True(pixels.Skip(640 * 320).Max() > 180, "Nothing bright is at the lower edge.");
        Assert.True(pixels.Take(640 * 180).Max() < 80, "Something bright is in the upper half.");
    }

    [Fact]
    public async Task What_was_altered_stays_out_and_the_report_says_so()
    {
        await using var scene = await ExportScene.RecordedAsync();
        var file = scene.FileOf(TrackName.Video, TrackObjects.SegmentName(3));
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^20] ^= 1;
        File.Delete(file);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        var files = await scene.UnzippedAsync(await scene.ReadyAsync());
        Assert.DoesNotContain("video.mp4", files.Keys);
        Assert.Contains("chat.json", files.Keys);
        Assert.Contains("manifests/video.jws", files.Keys);
        var verification = Encoding.UTF8.GetString(files["verification.txt"]);
        Assert.Contains("NOT WHOLE", verification, StringComparison.Ordinal);
        Assert.Contains("Segment 3 of track 'video' is altered", verification, StringComparison.Ordinal);
        Assert.Contains("the track 'video' is left out: it is altered", Encoding.UTF8.GetString(files["README.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_track_that_nobody_signed_is_exported_as_incomplete()
    {
        await using var scene = await ExportScene.RecordedAsync();
        File.Delete(scene.FileOf(TrackName.Chat, TrackObjects.Manifest));
        var files = await scene.UnzippedAsync(await scene.ReadyAsync());
        Assert.Matches(@"\nchat +incomplete", Encoding.UTF8.GetString(files["verification.txt"]));
        Assert.Contains("NOT WHOLE", Encoding.UTF8.GetString(files["verification.txt"]), StringComparison.Ordinal);
        Assert.DoesNotContain("manifests/chat.jws", files.Keys);
    }

    [Fact]
    public async Task What_somebody_typed_becomes_neither_a_path_nor_a_line_of_the_readme()
    {
        await using var scene = await ExportScene.RecordedAsync("../../etc/passwd\u202Egnp.exe");
        var files = await scene.UnzippedAsync(await scene.ReadyAsync());
        Assert.All(files.Keys, name => Assert.Matches(@"^(README\.txt|verification\.txt|video\.mp4|chat\.(json|txt)|(manifests|receipts)/[a-z0-9-]+\.jws)$", name));
        var readme = Encoding.UTF8.GetString(files["README.txt"]);
        Assert.DoesNotContain('\u202E', readme);
        Assert.Contains("Ticket       ../../etc/passwd<U+202E>gnp.exe\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifying_the_recording_does_not_mistake_an_export_for_a_part_of_it()
    {
        await using var scene = await ExportScene.RecordedAsync();
        await scene.ReadyAsync();
        await using var scope = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(scene.Server.Services);
        var outcome = await Microsoft.Extensions.DependencyInjection.ActivatorUtilities.CreateInstance<SecureRecorder.RetentionJobs.Verification.VerifyRecording>(scope.ServiceProvider).RunAsync(scene.Session, default);
        Assert.True(Assert.IsType<SecureRecorder.RetentionJobs.Verification.VerifyRecording.Outcome.Verified>(outcome).IsWhole);
    }

    /// <summary>Seconds at which each frame is shown.</summary>
    private static async Task<IReadOnlyList<double>> TimesAsync(byte[] mp4)
    {
        var said = Encoding.ASCII.GetString(await EncodedVideo.OutputOfAsync("ffprobe", mp4, "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", "pipe:0"));
        return [.. said.Split((char[])['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }
}
