using System.Security.Cryptography;
using Amazon.S3.Model;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The whole path on real servers: consent, capture, sealing, a Ceph bucket, replay in Chromium.</summary>
public sealed class RecordAndReplayTests(S3Server s3, Chromium chromium)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_the_browser_shows_is_what_was_on_the_display_and_nothing_lies_anywhere_in_clear()
    {
        var screenCanary = "SCREENCANARY" + RandomNumberGenerator.GetHexString(8);
        var noticeCanary = "NoticeCanary" + RandomNumberGenerator.GetHexString(8);
        var bucket = S3Server.NewBucketName();
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["Notice__Controller"] = $"{noticeCanary} Ltd",
            ["Location__Kind"] = "s3",
            ["Location__Endpoint"] = s3.Endpoint.ToString(),
            ["Location__Region"] = s3.Region,
            ["Location__Bucket"] = bucket,
            ["Location__AccessKeyId"] = s3.AccessKey,
            ["Location__SecretAccessKey"] = s3.SecretKey,
        });
        await using var display = await XDisplay.StartAsync(1280, 720);
        await using var pattern = await MovingPattern.ShowAsync(display);
        await using var words = display.Show("xterm", "-geometry", "40x3+0+640", "-e", "sh", "-c", $"echo {screenCanary}; exec sleep 600");
        await using var recorderDevice = new RecorderDevice(server, display);

        // Consent.
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var (session, code) = await technician.StartSessionAsync();
        await using var recorder = recorderDevice.Join(code);
        var person = new PersonDevice(await chromium.NewDeviceAsync(390, 844), server);
        await person.JoinAsync(code);
        Assert.Contains(noticeCanary, await person.Page.ContentAsync(), StringComparison.Ordinal);
        await person.AllowAsync();
        await person.Page.Locator("[data-state=recording]").WaitForAsync();
        await Chromium.ShowAsync(person.Page, "live-phone");

        // Recording, with a pause: what is on the display then must be nowhere.
        var looks = new List<Look>();
        for (var i = 0; i < 3; i++) { looks.Add(await LookLaterAsync(pattern)); }

        await person.PressAsync("Pause");
        await person.Page.Locator("[data-state=paused]").WaitForAsync();
        var paused = await LookLaterAsync(pattern);
        await person.PressAsync("Resume");
        await person.Page.Locator("[data-state=recording]").WaitForAsync();
        for (var i = 0; i < 2; i++) { looks.Add(await LookLaterAsync(pattern)); }

        await person.PressAsync("End");
        Assert.Equal(0, await recorder.WaitForExitAsync(Soon));
        await person.Page.Locator("[data-state=recorded]").WaitForAsync();
        await Chromium.ShowAsync(person.Page, "ended-phone");

        // Replay.
        await technician.OpenReplayAsync(session);
        var player = new ReplayPlayer(technician.Page);
        await player.WaitForPictureAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        var description = await player.DescriptionAsync();
        var startedAt = description.GetProperty("startedAt").GetDateTimeOffset();
        foreach (var look in looks)
        {
            var shown = MovingPattern.CountOf(await player.BarsAtAsync((look.At - startedAt).TotalSeconds));
            Assert.NotNull(shown);
            Assert.InRange(shown.Value, look.Count - 1, look.Count + 1);
        }

        await Chromium.ShowAsync(technician.Page, "replay");
        Assert.Equal("verified", await player.BadgeAsync());
        var gap = Assert.Single(description.GetProperty("gaps").EnumerateArray());
        Assert.Equal("paused-by-person", gap.GetProperty("reason").GetString());
        Assert.InRange((paused.At - startedAt).TotalSeconds, gap.GetProperty("start").GetDouble(), gap.GetProperty("start").GetDouble() + gap.GetProperty("duration").GetDouble());

        // Nothing in clear, anywhere.
        var mirror = Path.Combine(recorderDevice.Folder, "mirror");
        var objects = await MirrorAsync(bucket, mirror);
        Assert.Contains(objects, name => name.EndsWith("/video/manifest.jws", StringComparison.Ordinal));
        Assert.Empty(await ClearText.InFilesAsync([server.Data, recorderDevice.Folder], screenCanary, noticeCanary));

        // A reader that shares no code opens every track with the bucket and the key alone.
        var read = await ChildProcess.RunAsync(
            "node", [Repository.File("tests/independent-reader/read.mjs"), mirror, Path.Combine(server.Data, "keys/kek.pem"), "--session", session.ToString()], Soon);
        foreach (var track in (string[])["consent", "thumbnails", "video"]) { Assert.Matches($"{track} .*verified", read); }
    }

    /// <summary>What the display shows a little later, when the count has moved on.</summary>
    private static async Task<Look> LookLaterAsync(MovingPattern pattern)
    {
        var now = await pattern.LookAsync();
        while (true)
        {
            var later = await pattern.LookAsync();
            if (later.Count >= now.Count + 5) { return later; }
        }
    }

    private async Task<List<string>> MirrorAsync(string bucket, string folder)
    {
        var names = new List<string>();
        await foreach (var found in s3.Owner.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket }).S3Objects)
        {
            using var stored = await s3.Owner.GetObjectAsync(bucket, found.Key);
            var path = Path.Combine(folder, found.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path);
            await stored.ResponseStream.CopyToAsync(file);
            names.Add(found.Key);
        }

        return names;
    }
}
