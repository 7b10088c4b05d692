using System.Text;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Recorder.Tests.Session;

public sealed class JoinSessionTests(Screen screen)
{
    [Fact]
    public async Task Records_seals_uploads_commits_and_finishes()
    {
        await using var server = await FakeServer.StartAsync();
        await using var recorder = new RecordedByTest(server, screen.Whole);
        await Eventually.TrueAsync(() => recorder.Printed.Contains("Waiting for the person's consent"), "waiting is said");
        Assert.Empty(server.Objects);

        server.Say(ControlPhase.Record);
        await Eventually.TrueAsync(() => server.Committed.TryGetValue("video", out var video) && video.Count >= 3, "segments are committed: " + recorder.Printed);
        server.Say(ControlPhase.End, "ended");

        Assert.True(await recorder.Ended.WaitAsync(Eventually.Limit) == ExitCode.Done, recorder.Printed);
        var manifest = server.ManifestOf("video");
        Assert.Equal(server.Committed["video"], manifest.Segments);
        Assert.Equal("ftyp", Encoding.ASCII.GetString(await server.OpenAsync("video", 0), 4, 4));
        Assert.Equal("moof", Encoding.ASCII.GetString(await server.OpenAsync("video", 1), 4, 4));
        Assert.Equal("RIFF", Encoding.ASCII.GetString(await server.OpenAsync("thumbnails", 0), 0, 4));
        Assert.Empty(Directory.EnumerateFileSystemEntries(recorder.SpoolRoot));
    }
}
