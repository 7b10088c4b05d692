using System.Collections.Concurrent;
using System.Net;

namespace SecureRecorder.TestServers;

/// <summary>An HTTP server on a loopback port, which keeps what is posted to it and answers as it is told.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _running;

    private WebhookReceiver(int port)
    {
        Url = new($"http://127.0.0.1:{port}/hook");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _running = RunAsync();
    }

    public Uri Url { get; }

    /// <summary>What it answers; 0: nothing, it keeps the connection open.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Where it sends clients on to.</summary>
    public Uri? Location { get; set; }

    public ConcurrentQueue<WebhookPost> Posts { get; } = [];

    public static WebhookReceiver Start() => new(LoopbackPort.Take());

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var context = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Posts.Enqueue(new(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, context.Request.Headers.AllKeys.ToDictionary(name => name!, name => context.Request.Headers[name]!, StringComparer.OrdinalIgnoreCase), body.ToArray()));
            if (Status == 0) { continue; }

            context.Response.StatusCode = Status;
            if (Location is not null) { context.Response.RedirectLocation = Location.AbsoluteUri; }
            context.Response.Close();
        }
    }
}

/// <summary>One request.</summary>
public sealed record WebhookPost(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
