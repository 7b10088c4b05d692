using System.Security.Cryptography;
using Amazon.S3.Model;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The whole path on real servers: consent, capture, sealing, a Ceph bucket, replay in Chromium.</summary>
public sealed class RecordAndReplayTests(S3Server s3, Chromium chromium)
{
    [Fact]
    public async Task What_the_browser_shows_is_what_was_on_the_display_and_nothing_lies_anywhere_in_clear()
    {
        var screenCanary = "SCREENCANARY" + RandomNumberGenerator.GetHexString(8);
        var noticeCanary = "NOTICECANARY" + RandomNumberGenerator.GetHexString(8);
        var chatCanary = "ChatCanary" + RandomNumberGenerator.GetHexString(8);
        var bucket = S3Server.NewBucketName();
        Look? before = null;
        await using var session = await StartedSession.StartAsync(chromium, new Dictionary<string, string?>(s3.Location(bucket))
        {
            ["Notice__Purpose"] = $"To help you, and to look up {noticeCanary} later.",
        }, beforeConsent: async started =>
        {
            await new ChatSide(started.Technician.Page).SayAsync("Please read the notice first.");
            before = await started.Pattern.LookAsync();
            await started.Pattern.LookUntilAsync(look => look.Count > before.Count);
            Assert.Empty(await ObjectsAsync(bucket, $"v1/{started.Id}/"));
            Assert.Empty(Directory.GetFiles(started.Device.Folder, "*.seal", SearchOption.AllDirectories));
        });
        await using var words = session.Display.Show("xterm", "-geometry", "40x3+0+640", "-e", "sh", "-c", $"echo {screenCanary}; exec sleep 600");
        await Chromium.ShowAtBothWidthsAsync(session.Person.Page, "live");

        // Recording, with a pause.
        var looks = new List<Look>();
        for (var i = 0; i < 3; i++) { looks.Add(await session.LookLaterAsync()); }
        var (person, technician) = (new ChatSide(session.Person.Page), new ChatSide(session.Technician.Page));
        await person.SayAsync($"The window is {chatCanary}, and my password: hunter2");
        await technician.HearsAsync($"The window is {chatCanary}, and my password: [password removed]");
        await technician.SayAsync("Never write it here. \\\\host\\share <b>is only text</b>");
        await person.HearsAsync("Never write it here. \\\\host\\share <b>is only text</b>");
        await Chromium.ShowAsync(session.Person.Page, "chat-phone");
        await Chromium.ShowAsync(session.Technician.Page, "chat-technician");
        await session.Person.PressAsync("Pause");
        await session.WaitForPersonAsync("paused");
        var paused = await session.LookLaterAsync();
        await session.Person.PressAsync("Resume");
        await session.WaitForPersonAsync("recording");
        for (var i = 0; i < 2; i++) { looks.Add(await session.LookLaterAsync()); }
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        await session.WaitForPersonAsync("over");
        await Chromium.ShowAsync(session.Person.Page, "ended-phone");

        // Replay: every moment that was looked at is shown as it was.
        var player = await session.ReplayAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        var said = session.Technician.Page.Locator("[data-part=chat-log] li");
        await said.Filter(new() { HasText = $"The window is {chatCanary}, and my password: [password removed]" }).WaitForAsync();
        await said.Filter(new() { HasText = "<b>is only text</b>" }).GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync(); // goes to its moment
        Assert.Equal(2, await said.CountAsync());
        foreach (var look in looks) { await StartedSession.ShowsAsync(player, look); }

        // Nothing is from before the consent: the first picture is younger, and what was said then is not among what was said.
        Assert.True(MovingPattern.CountOf(await player.BarsAtAsync(0.05)) > before!.Count);
        await Chromium.ShowAsync(session.Technician.Page, "replay");
        Assert.Equal("verified", await player.BadgeAsync());

        // What was on the display during the pause was not recorded, and the replay says so.
        var description = await player.DescriptionAsync();
        var gap = Assert.Single(description.GetProperty("gaps").EnumerateArray());
        var gapStart = gap.GetProperty("start").GetDouble();
        Assert.Equal("paused-by-person", gap.GetProperty("reason").GetString());
        Assert.InRange((paused.At - description.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds, gapStart, gapStart + gap.GetProperty("duration").GetDouble());

        // Nothing in clear, anywhere.
        var mirror = Path.Combine(session.Device.Folder, "mirror");
        var objects = await MirrorAsync(bucket, mirror);
        Assert.Contains(objects, name => name.EndsWith("/video/manifest.jws", StringComparison.Ordinal));
        Assert.Empty(await ClearText.InFilesAsync([session.Server.Data, session.Device.Folder], screenCanary, noticeCanary, "Tina Technician asks you", chatCanary, "hunter2"));

        // A reader that shares no code opens every track with the bucket and the key alone.
        var read = await ChildProcess.RunAsync(
            "node",
            [Repository.File("tests/independent-reader/read.mjs"), mirror, Path.Combine(session.Server.Data, "keys/kek.pem"), "--session", session.Id.ToString()],
            StartedSession.Soon);
        foreach (var track in (string[])["chat", "consent", "thumbnails", "video"]) { Assert.Matches($"{track} .*verified", read); }
    }

    private async Task<List<string>> ObjectsAsync(string bucket, string prefix)
    {
        var names = new List<string>();
        await foreach (var found in s3.Owner.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix }).S3Objects) { names.Add(found.Key); }
        return names;
    }

    private async Task<List<string>> MirrorAsync(string bucket, string folder)
    {
        var names = await ObjectsAsync(bucket, "");
        foreach (var name in names)
        {
            using var stored = await s3.Owner.GetObjectAsync(bucket, name);
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var file = File.Create(path);
            await stored.ResponseStream.CopyToAsync(file);
        }

        return names;
    }
}
