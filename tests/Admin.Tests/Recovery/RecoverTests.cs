using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SecureRecorder.Admin.Recovery;
using SecureRecorder.Admin.Tests.Exports;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Recovery;

/// <summary>With the bucket and the KEK alone, recordings become files again; what is not sound is never written as if it were.</summary>
public sealed class RecoverTests(RecordedBucket recorded) : IClassFixture<RecordedBucket>, IDisposable
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly RecoveryScene scene = new(recorded);

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task A_whole_session_becomes_files_that_other_programs_open()
    {
        var (code, said) = await scene.RecoverAsync("--server-key", recorded.ServerKey);
        Assert.True(code == 0, said);
        Assert.Contains("1 session: 1 verified.", said, StringComparison.Ordinal);

        Assert.Equal(EncodedVideo.Seconds * EncodedVideo.FramesASecond, await FramesAsync("video.mp4"));
        var last = (await EncodedVideo.OutputOfAsync("ffprobe", null, "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", scene.Of("video.mp4"))).AsSpan();
        Assert.Contains("15.9", System.Text.Encoding.ASCII.GetString(last), StringComparison.Ordinal); // the gap is still one
        using var chat = JsonDocument.Parse(await File.ReadAllTextAsync(scene.Of("chat.json")));
        Assert.Equal(["It happens\nwhen I press <b>Save</b>.", "I see a kingfisher."], chat.RootElement.EnumerateArray().Select(line => line.GetProperty("text").GetString()));
        Assert.Contains("Technician: I see a kingfisher.", await File.ReadAllTextAsync(scene.Of("chat.txt")), StringComparison.Ordinal);
        Assert.Contains("VERIFIED. The device signed this decision", await File.ReadAllTextAsync(scene.Of("receipts/receipt-1.txt")), StringComparison.Ordinal);
        ConsentReceipt.Verify(await File.ReadAllTextAsync(scene.Of("receipts/receipt-1.jws")), recorded.Session);
        Assert.Contains("The recorded person allowed the recording", await File.ReadAllTextAsync(scene.Of("events.json")), StringComparison.Ordinal);

        var report = scene.Report;
        Assert.Equal(("verified", Technician.UserName, recorded.ServerKey, true), (report.Status, report.Technician, report.ServerKey, report.ServerKeyIsPinned));
        Assert.Equal(["chat", "consent", "video"], report.Tracks.Select(track => track.Track).Order());
        Assert.All(report.Tracks, track => Assert.Equal(("verified", 0), (track.Status, track.Findings.Count)));
        Assert.Contains($"Server's key   {recorded.ServerKey} (as given with --server-key)", await File.ReadAllTextAsync(scene.Of("report.txt")), StringComparison.Ordinal);
        Assert.Contains($"{recorded.Session}  verified", await File.ReadAllTextAsync(Path.Combine(scene.Out, "report.txt")), StringComparison.Ordinal);
        var digest = report.Files.Single(file => file.Name == "video.mp4").Sha256;
        Assert.Equal(digest, System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(await File.ReadAllBytesAsync(scene.Of("video.mp4")))));
    }

    [Fact]
    public async Task What_is_opened_is_for_its_owner_alone_and_lies_nowhere_else()
    {
        Assert.Equal(0, (await scene.RecoverAsync()).Code);
        var all = Directory.GetFileSystemEntries(scene.Out, "*", SearchOption.AllDirectories);
        Assert.Contains(scene.Of("video.mp4"), all);
        Assert.All([scene.Out, .. all], path => Assert.Equal((path, UnixFileMode.None), (path, File.GetUnixFileMode(path) & Others)));

        var outside = Directory.GetFiles(scene.Folder, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(scene.Out, StringComparison.Ordinal));
        Assert.DoesNotContain(outside, file => File.ReadAllBytes(file).AsSpan().IndexOf("kingfisher"u8) >= 0);
        Assert.Contains(all, file => File.Exists(file) && File.ReadAllBytes(file).AsSpan().IndexOf("kingfisher"u8) >= 0); // it could be found
    }

    [Fact]
    public async Task Before_an_altered_segment_the_video_is_written_under_a_name_that_says_so()
    {
        scene.Flip(TrackName.Video, "00000004.seal");
        var (code, said) = await scene.RecoverAsync();
        Assert.True(code == 1, said);
        Assert.False(File.Exists(scene.Of("video.mp4")));
        Assert.Equal(3 * EncodedVideo.FramesASecond, await FramesAsync("video-until-altered.mp4"));
        var track = Track("video");
        Assert.Equal(("altered", 7L, 6L), (track.Status, track.Segments, track.Opened));
        Assert.Contains("Segment 4 of track 'video' is altered", track.Findings[0], StringComparison.Ordinal);
        Assert.Equal("verified", Track("chat").Status);
        Assert.True(File.Exists(scene.Of("chat.json")));
        Assert.Contains("altered: video: Segment 4", await File.ReadAllTextAsync(Path.Combine(scene.Out, "report.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_what_is_altered_from_the_beginning_nothing_is_written()
    {
        scene.Flip(TrackName.Video, "00000000.seal");
        scene.Flip(TrackName.Chat, "00000000.seal");
        Assert.Equal(1, (await scene.RecoverAsync()).Code);
        Assert.DoesNotContain(Directory.GetFiles(scene.Of("")), file => file.Contains("video", StringComparison.Ordinal) || file.Contains("chat", StringComparison.Ordinal));
        Assert.Equal(("altered", "altered", "verified"), (Track("video").Status, Track("chat").Status, Track("consent").Status));
    }

    [Fact]
    public async Task A_track_without_its_key_is_unreadable_and_comes_back_with_it()
    {
        var key = scene.FileOf(TrackName.Video, TrackObjects.KeyFile);
        var away = Path.Combine(scene.Folder, "key.json");
        File.Move(key, away);
        Assert.Equal(1, (await scene.RecoverAsync()).Code);
        Assert.Equal(("unreadable", "verified"), (Track("video").Status, Track("chat").Status));
        Assert.False(File.Exists(scene.Of("video.mp4")));

        File.Move(away, key);
        Assert.Equal(0, (await scene.RecoverAsync()).Code);
        Assert.True(File.Exists(scene.Of("video.mp4")));
    }

    [Fact]
    public async Task With_another_KEK_all_is_unreadable_and_nothing_counts_as_done()
    {
        var other = Path.Combine(scene.Folder, "other.pem");
        using (LocalKeyFile.OpenOrCreate(other)) { }
        File.WriteAllBytes(scene.FileOf(TrackName.Video, "00000099.seal"), new byte[100]);
        var (code, said) = await RecoveryScene.RunAsync("--bucket", scene.Bucket, "--kek", other, "--out", scene.Out);
        Assert.True(code == 1, said);
        Assert.Equal("unreadable", scene.Report.Status);
        Assert.Contains("the KEK at hand is", scene.Report.Tracks[0].Findings[0], StringComparison.Ordinal);
        File.Delete(scene.FileOf(TrackName.Video, "00000099.seal")); // what could not be read is read anew, changed or not
        Assert.Equal(0, (await scene.RecoverAsync()).Code);
    }

    [Fact]
    public async Task Without_a_manifest_what_is_there_is_written_and_called_incomplete()
    {
        File.Delete(scene.FileOf(TrackName.Video, TrackObjects.Manifest));
        File.Delete(scene.FileOf(TrackName.Video, "00000005.seal"));
        Assert.Equal(1, (await scene.RecoverAsync()).Code);
        var track = Track("video");
        Assert.Equal(("incomplete", 5L), (track.Status, track.Opened));
        Assert.Contains(track.Findings, finding => finding.Contains("Segment 5 is missing, although 6 is there", StringComparison.Ordinal));
        Assert.Equal(4 * EncodedVideo.FramesASecond, await FramesAsync("video.mp4"));
    }

    [Fact]
    public async Task Without_ffmpeg_the_segments_joined_are_the_video()
    {
        var (code, said) = await scene.RecoverAsync("--ffmpeg", "/nowhere/ffmpeg");
        Assert.True(code == 0, said);
        Assert.Equal(EncodedVideo.Seconds * EncodedVideo.FramesASecond, await FramesAsync("video.mp4"));
        Assert.Contains("without an index", Assert.Single(Track("video").Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_servers_countersignature_is_altered_where_the_key_is_known()
    {
        var (code, said) = await scene.RecoverAsync("--server-key", new string('A', 43));
        Assert.True(code == 1, said);
        Assert.Contains("which is none that --server-key names", Track("consent").Findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_passes_over_what_is_done_and_says_what_changed_since()
    {
        Assert.Equal(0, (await scene.RecoverAsync()).Code);
        var written = File.GetLastWriteTimeUtc(scene.Of("report.json"));
        var (code, said) = await scene.RecoverAsync();
        Assert.Equal(0, code);
        Assert.Contains("Recovered by an earlier run", said, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(scene.Of("report.json")));

        File.WriteAllBytes(scene.FileOf(TrackName.Video, "00000099.seal"), new byte[100]);
        (code, said) = await scene.RecoverAsync();
        Assert.Equal(1, code);
        Assert.Contains("It changed in the bucket since it was recovered", said, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(scene.Of("report.json")));

        File.Delete(scene.FileOf(TrackName.Video, "00000099.seal"));
        File.Delete(scene.Of("chat.txt")); // what a report names must be there
        Assert.Equal(0, (await scene.RecoverAsync()).Code);
        Assert.True(File.Exists(scene.Of("chat.txt")));
    }

    [Fact]
    public async Task A_named_session_alone_is_recovered_and_one_that_is_not_there_is_said()
    {
        Assert.Equal(0, (await scene.RecoverAsync("--session", $"{recorded.Session}")).Code);
        var (code, said) = await scene.RecoverAsync("--session", $"{Guid.Empty}");
        Assert.Equal(1, code);
        Assert.Contains($"{Guid.Empty}  unreadable: Nothing lies in the bucket under this id.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_in_words_before_anything_is_written()
    {
        var mine = Path.Combine(scene.Folder, "mine");
        Directory.CreateDirectory(mine);
        await File.WriteAllTextAsync(Path.Combine(mine, "letter.txt"), "not yours");
        var link = Path.Combine(scene.Folder, "link");
        Directory.CreateSymbolicLink(link, scene.Bucket);
        var open = Path.Combine(scene.Folder, "open.pem");
        File.Copy(scene.Kek, open);
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var noKey = Path.Combine(scene.Folder, "no.pem");
        OwnerOnlyFile.Create(noKey, "no key");
        foreach (var (arguments, words) in ((string[], string)[])
            [
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", mine], "is not empty"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", Path.Combine(scene.Bucket, "out")], "lies in the bucket's folder"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", Path.Combine(link, "out")], "lies in the bucket's folder"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", open], "is a file"),
                (["--bucket", scene.Bucket, "--kek", open, "--out", scene.Out], "open to others"),
                (["--bucket", scene.Bucket, "--kek", noKey, "--out", scene.Out], "is not a private RSA key"),
                (["--bucket", scene.Bucket, "--kek", noKey + "2", "--out", scene.Out], "does not exist"),
                (["--bucket", scene.Bucket + "2", "--kek", scene.Kek, "--out", scene.Out], "there is no folder"),
                (["--bucket", "recordings", "--endpoint", "http://s3.example.org", "--credentials", noKey, "--kek", scene.Kek, "--out", scene.Out], "aws_access_key_id"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", scene.Out, "--server-key", "x"], "neither a thumbprint"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek], "--out is missing"),
                (["--bucket", scene.Bucket, "--kek", scene.Kek, "--out", scene.Out, "--sesion", "x"], "'--sesion' is not understood"),
                (["--index", "--bucket", scene.Bucket], "--bucket is not for --index"),
                (["--index", "--data", scene.Folder], "kek.pem"),
            ])
        {
            var (code, said) = await RecoveryScene.RunAsync(arguments);
            Assert.Equal((2, true), (code, said.Contains(words, StringComparison.Ordinal) ? true : throw new Xunit.Sdk.XunitException(said)));
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(scene.Out));
        Assert.Equal(["letter.txt"], Directory.GetFileSystemEntries(mine).Select(Path.GetFileName));
    }

    private TrackReport Track(string name) => scene.Report.Tracks.Single(track => track.Track == name);

    private async Task<int> FramesAsync(string video) => int.Parse(
        System.Text.Encoding.ASCII.GetString(await EncodedVideo.OutputOfAsync("ffprobe", null, "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", scene.Of(video))),
        CultureInfo.InvariantCulture);
}
