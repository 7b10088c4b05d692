using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests;

/// <summary>A recorder as far as the server can tell: joins, seals, puts, commits, finishes.</summary>
internal sealed class TestRecorder : IDisposable
{
    public const string VideoType = "video/mp4; codecs=\"avc1.64001F\"";

    private readonly HttpClient _client;
    private readonly SigningKey _key;

    private TestRecorder(HttpClient client, SigningKey key, JoinAnswer joined) => (_client, _key, Joined) = (client, key, joined);

    public JoinAnswer Joined { get; }
    public Guid Session => Joined.Session;

    public static async Task<TestRecorder> JoinAsync(Server server, string code)
    {
        var client = new HttpClient { BaseAddress = server.Url };
        var key = SigningKey.Create();
        using var answer = await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest(code, key.Public), RecordingJson.Default.JoinRequest);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var joined = (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.JoinAnswer))!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Token);
        return new(client, key, joined);
    }

    /// <summary>The same recorder, talking with another token.</summary>
    public TestRecorder WithToken(Server server, string token)
    {
        var client = new HttpClient { BaseAddress = server.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new(client, SigningKey.FromPem(_key.ToPem()), Joined);
    }

    public TrackWriter Write(string receipt, TrackName? track = null) => new(Session, track ?? TrackName.Video, ConsentReceipt.DigestOf(receipt), Joined.Kek, _key);

    public Task<HttpResponseMessage> AskAddressesAsync(string track, params string[] names) =>
        _client.PostAsJsonAsync("/api/recorder/addresses", new AddressesRequest(track, names), RecordingJson.Default.AddressesRequest);

    /// <summary>Puts an object through an address that was asked for.</summary>
    public async Task PutAsync(string track, string name, ReadOnlyMemory<byte> content)
    {
        using var answer = await AskAddressesAsync(track, name);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var address = (await answer.Content.ReadFromJsonAsync(RecordingJson.Default.AddressesAnswer))!.Addresses.Single();
        using var put = await PutAsync(address, content);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
    }

    public static async Task<HttpResponseMessage> PutAsync(ObjectAddress address, ReadOnlyMemory<byte> content)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, address.Url) { Content = new ReadOnlyMemoryContent(content) };
        request.Headers.ExpectContinue = content.Length > 1 << 20; // a refusal comes before the body is sent
        foreach (var (name, value) in address.Headers) { request.Headers.TryAddWithoutValidation(name, value); }
        return await client.SendAsync(request);
    }

    /// <summary>Puts the key and seals and puts so many segments; returns them, the last one with the checkpoint to commit.</summary>
    public async Task<List<SealedSegment>> RecordAsync(TrackWriter writer, int segments)
    {
        var made = new List<SealedSegment>();
        if (writer.Segments.Count == 0) { await PutAsync(writer.Track.Value, TrackObjects.KeyFile, writer.KeyFile); }
        for (var i = 0; i < segments; i++)
        {
            var index = writer.Segments.Count;
            var segment = writer.Seal(new byte[1000 + index], index == 0 ? 0 : (index - 1) * 5, index == 0 ? 0 : 5, key: true);
            await PutAsync(writer.Track.Value, segment.Name, segment.Content);
            made.Add(segment);
        }

        return made;
    }

    public static CommitRequest CommitOf(TrackWriter writer, IReadOnlyList<SealedSegment> segments, params Gap[] gaps) =>
        new(writer.Track.Value, writer.Track == TrackName.Video ? VideoType : "application/jsonl", DateTimeOffset.UnixEpoch.AddYears(56),
            segments[0].Entry.Index, [.. segments.Select(segment => segment.Entry)], gaps, segments[^1].Checkpoint);

    public Task<HttpResponseMessage> CommitAsync(CommitRequest request) => _client.PostAsJsonAsync("/api/recorder/commits", request, RecordingJson.Default.CommitRequest);

    public Task<HttpResponseMessage> FinishAsync(string end, params FinishedTrack[] tracks) =>
        _client.PostAsJsonAsync("/api/recorder/finish", new FinishRequest(end, tracks), RecordingJson.Default.FinishRequest);

    /// <summary>Opens the control stream.</summary>
    public async Task<ControlStream> ListenAsync()
    {
        var answer = await _client.GetAsync("/api/recorder/control", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new(answer, await answer.Content.ReadAsStreamAsync());
    }

    public Task<HttpResponseMessage> GetControlAsync() => _client.GetAsync("/api/recorder/control", HttpCompletionOption.ResponseHeadersRead);

    public void Dispose()
    {
        _client.Dispose();
        _key.Dispose();
    }
}

/// <summary>An open control stream.</summary>
internal sealed class ControlStream(HttpResponseMessage answer, Stream body) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<SseItem<ControlEvent>> _events = SseParser
        .Create(body, (_, data) => JsonSerializer.Deserialize(data, RecordingJson.Default.ControlEvent)!).EnumerateAsync().GetAsyncEnumerator();

    /// <summary>Reads on until an event that fits.</summary>
    public async Task<ControlEvent> NextAsync(Func<ControlEvent, bool> fits)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while (await _events.MoveNextAsync().AsTask().WaitAsync(limit.Token))
        {
            if (fits(_events.Current.Data)) { return _events.Current.Data; }
        }

        throw new InvalidOperationException("The stream ended without such an event.");
    }

    public Task<ControlEvent> NextAsync(string phase) => NextAsync(said => said.Phase == phase);

    /// <summary>Whether the server has closed the stream.</summary>
    public async Task<bool> IsOverAsync() => !await _events.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit);

    public async ValueTask DisposeAsync()
    {
        answer.Dispose();
        await body.DisposeAsync();
    }
}
