using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureRecorder.TestServers;

/// <summary>Stands before an S3 server and passes everything on, until a request comes at which it stops: before it is passed on, or after it was done and before it is answered. Then whoever asked can be killed.</summary>
public sealed class StoppingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Uri target;
    private readonly Task serving;
    private volatile StopAt? at;

    private StoppingProxy(Uri target)
    {
        this.target = target;
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Its address, on loopback.</summary>
    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public static StoppingProxy Before(Uri server) => new(server);

    /// <summary>From now on it stops there.</summary>
    public void Arm(StopAt stopAt) => at = stopAt;

    /// <summary>Everything passes again.</summary>
    public void Disarm() => at = null;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) { _ = PassAsync(await listener.AcceptTcpClientAsync(stop.Token)); }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // it was told to
        }
    }

    /// <summary>One request a connection.</summary>
    private async Task PassAsync(TcpClient client)
    {
        using var asking = client;
        try
        {
            var stream = asking.GetStream();
            var head = await ReadHeadAsync(stream);
            if (head.Contains("100-continue", StringComparison.OrdinalIgnoreCase)) { await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), stop.Token); }
            var lines = head.Split("\r\n").Where(line => !line.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase)).ToList();
            var length = lines.Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line.Split(':')[1], CultureInfo.InvariantCulture)).FirstOrDefault();
            var body = new byte[length];
            await stream.ReadExactlyAsync(body, stop.Token);

            var armed = at;
            var isHere = armed is not null && armed.Matches(lines[0], Encoding.UTF8.GetString(body));
            if (isHere && !armed!.Afterwards)
            {
                await armed.ReachAsync(stop.Token);
                return;
            }

            using var server = new TcpClient();
            await server.ConnectAsync(target.Host, target.Port, stop.Token);
            var onward = server.GetStream();
            await onward.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", [lines[0], "Connection: close", .. lines[1..]]) + "\r\n\r\n"), stop.Token);
            await onward.WriteAsync(body, stop.Token);
            using var answer = new MemoryStream();
            await onward.CopyToAsync(answer, stop.Token);
            if (isHere)
            {
                await armed!.ReachAsync(stop.Token);
                return;
            }

            await stream.WriteAsync(answer.ToArray(), stop.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException)
        {
            // whoever asked is dead
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        var one = new byte[1];
        while (head.Count < 4 || head[^1] != '\n' || head[^3] != '\n')
        {
            if (await stream.ReadAsync(one, stop.Token) == 0) { throw new IOException("The request was cut."); }
            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head])[..^4];
    }
}

/// <summary>A request at which to stop.</summary>
/// <param name="Is">Looks at its first line and its body.</param>
/// <param name="Number">The first such request, or a later one.</param>
/// <param name="Afterwards">After it was done, and before it is answered.</param>
public sealed record StopAt(Func<string, string, bool> Is, int Number = 1, bool Afterwards = false)
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int seen;

    /// <summary>Whoever asked waits now.</summary>
    public Task Reached => reached.Task;

    internal bool Matches(string line, string body) => Is(line, body) && Interlocked.Increment(ref seen) == Number;

    internal async Task ReachAsync(CancellationToken cancellation)
    {
        reached.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
