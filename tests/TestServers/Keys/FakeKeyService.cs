using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace SecureRecorder.TestServers.Keys;

/// <summary>A key vault on a loopback port with real RSA keys, which can be told to throttle, fail, answer garbage, forget a key or say nothing.</summary>
public abstract class FakeKeyService : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<Func<HttpListenerContext, Task>> _faults = [];
    private readonly ConcurrentBag<HttpListenerContext> _kept = [];
    private readonly Task _running;

    private protected FakeKeyService()
    {
        Address = new($"http://127.0.0.1:{LoopbackPort.Take()}");
        _listener.Prefixes.Add($"{Address}");
        _listener.Start();
        _running = RunAsync();
    }

    /// <summary>Its origin.</summary>
    public Uri Address { get; }

    /// <summary>Method and path of every request so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Requests to unwrap that it answered well.</summary>
    public int Unwrapped => Volatile.Read(ref _unwrapped);

    /// <summary>Whether it takes the credential of its clients.</summary>
    public bool RefusesCredential { get; set; }

    /// <summary>What every request waits for before it is answered.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    private int _unwrapped;

    /// <summary>The next so many requests are throttled.</summary>
    /// <param name="retryAfter">Seconds, or a date, as the header has it.</param>
    public void Throttle(int times, string? retryAfter) => Next(times, context =>
    {
        if (retryAfter is not null) { context.Response.Headers["Retry-After"] = retryAfter; }
        return WriteAsync(context, ThrottledStatus, ErrorOf(ThrottledCode, "Slow down."));
    });

    /// <summary>The next so many requests fail with this status.</summary>
    public void Fail(int times, int status = 500, string body = "") => Next(times, context => WriteAsync(context, status, Encoding.UTF8.GetBytes(body)));

    /// <summary>The next so many requests are answered 200 with this.</summary>
    public void Answer(int times, string body) => Next(times, context => WriteAsync(context, 200, Encoding.UTF8.GetBytes(body)));

    /// <summary>The next so many requests are never answered.</summary>
    public void StaySilent(int times) => Next(times, context =>
    {
        _kept.Add(context);
        return Task.CompletedTask;
    });

    /// <summary>What was told and has not happened yet is forgotten.</summary>
    public void BehaveAgain() => _faults.Clear();

    /// <summary>Nobody listens any more.</summary>
    public void GoAway() => _listener.Close();

    /// <summary>Makes a key of this name, or the next version of it.</summary>
    /// <param name="kind">An RSA key's bits, or <c>ec</c>.</param>
    public abstract string AddKey(string name, string kind = "3072");

    public abstract void Forget(string name);

    public abstract void Disable(string name);

    private protected virtual int ThrottledStatus => 429;

    private protected virtual string ThrottledCode => "Throttled";

    private protected abstract byte[] ErrorOf(string code, string message);

    private protected abstract (int Status, byte[] Body) Reply(HttpListenerContext context, byte[] body);

    private protected void Count() => Interlocked.Increment(ref _unwrapped);

    private protected static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GC.SuppressFinalize(this);
    }

    private void Next(int times, Func<HttpListenerContext, Task> fault)
    {
        for (var time = 0; time < times; time++) { _faults.Enqueue(fault); }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var context = await _listener.GetContextAsync();
            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Requests.Enqueue($"{context.Request.HttpMethod} {NameOf(context.Request)}");
            await Gate;
            if (_faults.TryDequeue(out var fault)) { await fault(context); return; }

            var (status, answer) = Reply(context, body.ToArray());
            await WriteAsync(context, status, answer);
        }
        catch (Exception over) when (over is HttpListenerException or ObjectDisposedException or IOException)
        {
            // the client, or this server, is gone
        }
        catch (Exception unforeseen)
        {
            await WriteAsync(context, 500, Encoding.UTF8.GetBytes(unforeseen.ToString()));
        }
    }

    private protected virtual string NameOf(HttpListenerRequest request) => request.Url!.AbsolutePath;

    private protected virtual string ContentType => "application/json";

    private async Task WriteAsync(HttpListenerContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
