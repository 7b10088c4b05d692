using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Benchmarks.Live;

/// <summary>A session as the server sees one: a person who allowed it and whose page beats, a recorder that listens, and both chats open.</summary>
internal sealed class SimulatedSession
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    private readonly Everybody _everybody;
    private readonly string _technicianPath;
    private readonly string _personCookie;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private int _said;

    private SimulatedSession(Everybody everybody, Guid session, string personCookie) =>
        (_everybody, _technicianPath, _personCookie) = (everybody, $"/api/sessions/{session}/chat", personCookie);

    /// <summary>Whether every message of this session went into the recording.</summary>
    public bool EverythingRecorded { get; private set; } = true;

    /// <summary>Returns when the session is recorded and both chats are open.</summary>
    public static async Task<SimulatedSession> StartAsync(Everybody everybody, CancellationToken over)
    {
        var (id, code) = await everybody.StartSessionAsync();
        var session = new SimulatedSession(everybody, id, await everybody.JoinAsync(code));
        using var key = SigningKey.Create();
        using var joined = await everybody.Http.PostAsJsonAsync("/api/recorder/join", new JoinRequest(code, key.Public), RecordingJson.Default.JoinRequest, over);
        var token = (await joined.Content.ReadFromJsonAsync(RecordingJson.Default.JoinAnswer, over))!.Token;
        await session.AllowAsync();
        _ = session.BeatAsync(over);

        var recording = new TaskCompletionSource();
        _ = session.FollowControlAsync(token, recording, over);
        var (technician, person) = (new TaskCompletionSource(), new TaskCompletionSource());
        _ = session.ListenAsync(session._technicianPath, everybody.TechnicianCookies, "person", technician, over);
        _ = session.ListenAsync("/api/live/chat", session._personCookie, "technician", person, over);
        await Task.WhenAll(recording.Task, technician.Task, person.Task).WaitAsync(TimeSpan.FromSeconds(30), over);
        return session;
    }

    /// <summary>Sends a message; returns how long it took until the other side had read it.</summary>
    public async Task<TimeSpan> SayAsync(bool fromPerson)
    {
        var text = $"Message {Interlocked.Increment(ref _said)} of about the usual length: please open the settings, and then the second tab from the left.";
        var read = _awaited[text] = new();
        var begun = Stopwatch.GetTimestamp();
        using var sent = await _everybody.SendAsync(
            HttpMethod.Post, fromPerson ? "/api/live/chat" : _technicianPath, fromPerson ? _personCookie : _everybody.TechnicianCookies, JsonContent.Create(new { text }));
        await read.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return Stopwatch.GetElapsedTime(begun);
    }

    private async Task AllowAsync()
    {
        using var asked = await _everybody.SendAsync(HttpMethod.Get, "/api/consent", _personCookie);
        var notice = (await asked.Content.ReadFromJsonAsync<Asked>())!;
        var receipt = new ConsentReceipt(
            ConsentReceipt.FormatName, notice.Session, notice.Participant, ConsentReceipt.Allow, TimeProvider.System.GetUtcNow(), notice.Controller, notice.Notice, notice.Choices);
        using var device = SigningKey.Create();
        var signed = Jws.Sign(JsonSerializer.SerializeToUtf8Bytes(receipt, FormatJson.Default.ConsentReceipt), ConsentReceipt.JwsType, device);
        using var given = await _everybody.SendAsync(HttpMethod.Post, "/api/consent", _personCookie, JsonContent.Create(new { receipt = signed }));
    }

    private async Task BeatAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using (await _everybody.SendAsync(HttpMethod.Post, "/api/live/heartbeat", _personCookie)) { }
            await Task.Delay(Heartbeat, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowControlAsync(string token, TaskCompletionSource recording, CancellationToken over)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/recorder/control") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _everybody.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over);
        await foreach (var item in EventsAsync(answer, over))
        {
            if (item.EventType == "control" && JsonSerializer.Deserialize(item.Data, RecordingJson.Default.ControlEvent)!.Phase == ControlPhase.Record) { recording.TrySetResult(); }
        }
    }

    private async Task ListenAsync(string path, string cookies, string from, TaskCompletionSource open, CancellationToken over)
    {
        using var answer = await _everybody.SendAsync(HttpMethod.Get, path, cookies, stream: true);
        await foreach (var item in EventsAsync(answer, over))
        {
            open.TrySetResult();
            if (item.EventType != "message") { continue; }

            var message = JsonSerializer.Deserialize<Heard>(item.Data, JsonSerializerOptions.Web)!;
            if (!string.Equals(message.From, from, StringComparison.OrdinalIgnoreCase)) { continue; }

            EverythingRecorded &= message.Recorded;
            if (_awaited.TryRemove(message.Text, out var read)) { read.TrySetResult(); }
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(HttpResponseMessage answer, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken over)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(over);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(over)) { yield return item; }
    }

    private sealed record Asked(Guid Session, string Participant, string Controller, NoticeReference Notice, ConsentChoices Choices);

    private sealed record Heard(string From, string Text, bool Recorded);
}
