using System.Net;
using System.Net.Http.Json;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>A server, a technician, and a session in which somebody chats.</summary>
internal sealed class ChatScene : IAsyncDisposable
{
    private ChatScene(Server server, Technician technician) => (Server, Technician) = (server, technician);

    public Server Server { get; }
    public Technician Technician { get; }
    public Person Person { get; private set; } = null!;
    public TestRecorder Recorder { get; private set; } = null!;
    public TrackWriter Video { get; private set; } = null!;
    public ControlStream? Control { get; private set; }
    public Guid Session { get; private set; }

    /// <summary>The person's receipt.</summary>
    public string Receipt { get; private set; } = "";

    public static async Task<ChatScene> StartAsync(params (string Key, string Value)[] settings)
    {
        var server = await Server.StartAsync(settings);
        var scene = new ChatScene(server, await Technician.SignInAsync(server));
        (scene.Session, var code) = await scene.Technician.StartSessionAsync();
        scene.Person = await Person.JoinAsync(server, code);
        scene.Recorder = await TestRecorder.JoinAsync(server, code);
        return scene;
    }

    /// <summary>The person allows it, the recorder records: one segment is committed.</summary>
    public async Task RecordAsync()
    {
        Receipt = await Person.AllowAsync();
        Video = Recorder.Write(Receipt);
        Control = await Recorder.ListenAsync();
        await Control.NextAsync(ControlPhase.Record);
        using var committed = await Recorder.CommitAsync(TestRecorder.CommitOf(Video, await Recorder.RecordAsync(Video, 2)));
        Assert.Equal(HttpStatusCode.OK, committed.StatusCode);
    }

    /// <summary>The recorder finishes; the answer is the state.</summary>
    public async Task<string> FinishAsync()
    {
        await Recorder.PutAsync("video", TrackObjects.Manifest, Video.SignManifest(
            Manifest.RecorderWriter, Recorder.Joined.Region, TestRecorder.VideoType, DateTimeOffset.UnixEpoch.AddYears(56), DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(5), TrackEnd.Ended, []));
        using var finished = await Recorder.FinishAsync(TrackEnd.Ended, new FinishedTrack("video", Video.Segments.Count, Manifest: true));
        Assert.True(finished.IsSuccessStatusCode, await finished.Content.ReadAsStringAsync());
        return (await finished.Content.ReadFromJsonAsync(RecordingJson.Default.FinishAnswer))!.State;
    }

    public Task<HttpResponseMessage> PersonSaysAsync(string text) => Person.Browser.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text });

    public Task<HttpResponseMessage> TechnicianSaysAsync(string text) => Technician.Browser.ScriptAsync(HttpMethod.Post, $"/api/sessions/{Session}/chat", new { text });

    public Task<ChatListener> PersonListensAsync(long? heard = null) => ChatListener.OpenAsync(Person.Browser, "/api/live/chat", heard);

    public Task<ChatListener> TechnicianListensAsync(long? heard = null) => ChatListener.OpenAsync(Technician.Browser, $"/api/sessions/{Session}/chat", heard);

    /// <summary>Every line of the chat track, read back from the bucket with the server's KEK.</summary>
    public async Task<IReadOnlyList<ChatLine>> StoredAsync()
    {
        var session = await Server.SessionAsync(Session);
        var reader = Server.Reader;
        var committed = await Server.InCatalogueAsync(async catalogue => await Task.FromResult<IReadOnlyList<ManifestSegment>>(
            [.. catalogue.Commits.Where(c => c.Session == Session && c.Track == "chat").OrderBy(c => c.Index).Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key))]));
        using var track = await reader.OpenAsync(Session, TrackName.Chat, session.ConsentDigest, null, committed, default);
        var lines = new List<ChatLine>();
        foreach (var segment in track.Segments) { lines.AddRange(ChatLine.Read(await track.ReadAsync(segment.Index, default))); }
        return lines;
    }

    public bool HasChatTrack => Directory.Exists(Path.Combine(Server.Data, "bucket", "v1", Session.ToString(), "chat"));

    /// <summary>Waits until so many lines are sealed and committed.</summary>
    public Task SealedAsync(int lines) => Eventually.CompleteAsync(async () =>
        HasChatTrack && (await Server.SessionAsync(Session)).Tracks.Any(t => t.Name == "chat") && (await StoredAsync()).Count is var there && there >= lines ? null : $"{lines} lines are not sealed.");

    public async ValueTask DisposeAsync()
    {
        if (Control is not null) { await Control.DisposeAsync(); }
        Video?.Dispose();
        Recorder.Dispose();
        Person.Dispose();
        Technician.Dispose();
        await Server.DisposeAsync();
    }
}
