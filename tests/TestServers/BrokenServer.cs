using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureRecorder.TestServers;

/// <summary>A TCP server that misbehaves on purpose, in the ways that a real one cannot be told to.</summary>
public sealed class BrokenServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> behave;
    private readonly Task serving;
    private int connections;

    private BrokenServer(Func<NetworkStream, CancellationToken, Task> behave)
    {
        this.behave = behave;
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Its address, on loopback.</summary>
    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Reads a request's head and answers this status, whatever was asked.</summary>
    public static BrokenServer Answering(int status, string body = "") => new(async (stream, cancellation) =>
    {
        await ReadAsync(stream, bodyBytes: 0, cancellation);
        var answer = $"HTTP/1.1 {status} Broken\r\nContent-Type: application/xml\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), cancellation);
    });

    /// <summary>Cuts the connection after so many bytes of the request's body.</summary>
    public static BrokenServer CuttingAfter(int bodyBytes) => new((stream, cancellation) => ReadAsync(stream, bodyBytes, cancellation));

    /// <summary>Announces a longer body than it sends, then cuts.</summary>
    public static BrokenServer AnsweringHalf(int announcedBytes, int sentBytes) => new(async (stream, cancellation) =>
    {
        await ReadAsync(stream, bodyBytes: 0, cancellation);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {announcedBytes}\r\n\r\n{new string('x', sentBytes)}"), cancellation);
    });

    /// <summary>Accepts, and never says a word.</summary>
    public static BrokenServer Silent() => new((_, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private static async Task ReadAsync(NetworkStream stream, int bodyBytes, CancellationToken cancellation)
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var end = seen.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && seen.Length - end - 4 >= bodyBytes) { return; }

            var read = await stream.ReadAsync(buffer, cancellation);
            if (read == 0) { return; }

            seen.Append(Encoding.Latin1.GetString(buffer, 0, read));
            if (bodyBytes > 0 && seen.ToString().Contains("Expect: 100-continue", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellation);
            }
        }
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref connections);
                open.Add(HandleAsync(client));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException) // it stopped listening
        {
            await Task.WhenAll(open);
        }
    }

    private async Task HandleAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await behave(client.GetStream(), stop.Token);
                client.LingerState = new LingerOption(enable: client.Available > 0, seconds: 0); // unread bytes: a reset, as from a dead server
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or SocketException)
            {
                // the client gave up, or the test is over
            }
        }
    }
}
