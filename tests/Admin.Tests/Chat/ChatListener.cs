using System.Net.ServerSentEvents;
using System.Text.Json;
using SecureRecorder.Admin.Chat;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>One side's open stream of messages.</summary>
internal sealed class ChatListener : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private ChatListener(HttpResponseMessage answer, Stream body) =>
        (_answer, _events) = (answer, SseParser.Create(body).EnumerateAsync().GetAsyncEnumerator());

    /// <param name="heard">Id of the last message that was heard before the connection broke.</param>
    public static async Task<ChatListener> OpenAsync(Browser browser, string path, long? heard = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (heard is { } id) { request.Headers.Add("Last-Event-ID", $"{id}"); }
        var answer = await browser.StreamAsync(request);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var listener = new ChatListener(answer, await answer.Content.ReadAsStreamAsync());
        await listener.NextAsync("here");
        return listener;
    }

    public async Task<ChatMessage> NextAsync() => JsonSerializer.Deserialize(await NextAsync("message"), ChatJson.Default.ChatMessage)!;

    /// <summary>Data of the next event of this kind.</summary>
    public async Task<string> NextAsync(string kind)
    {
        var late = Task.Delay(Eventually.Limit); // of all of them together: a stream that only beats says nothing
        while (await _events.MoveNextAsync().AsTask().WaitAsync(Eventually.Limit) && !late.IsCompleted)
        {
            if (_events.Current.EventType == kind) { return _events.Current.Data; }
        }

        throw new InvalidOperationException($"The stream ended, or only went on, without '{kind}'.");
    }

    public ValueTask DisposeAsync()
    {
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
