using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SecureRecorder.Admin.Audit;

/// <summary>A connection to a syslog server over TCP or TLS, with octet counting.</summary>
/// <remarks>Source: RFC 6587 §3.4.1, RFC 5425. Such a server answers nothing: that it closed the connection is all that it can say.</remarks>
internal sealed class SyslogConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Stream _stream;
    private readonly Task<int> _end;

    private SyslogConnection(Stream stream)
    {
        _stream = stream;
        _end = stream.ReadAsync(new byte[1]).AsTask(); // ends when the other side closes
    }

    /// <exception cref="IOException">No answer, or a certificate that is not accepted.</exception>
    public static async Task<SyslogConnection> OpenAsync(SyslogOptions options, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(options.Host!, options.Port, limit.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (options.Tls)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = options.Host, CertificateChainPolicy = PolicyOf(options) }, limit.Token);
            }

            return new(stream);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            if (stream is not null) { await stream.DisposeAsync(); }
            socket.Dispose();
            throw new IOException($"The syslog server {options.Host}:{options.Port} (Audit:Syslog) cannot be reached: {failed.Message}", failed);
        }
    }

    /// <summary>Sends messages and waits so long for the other side to close: only what it had that long counts as sent.</summary>
    /// <exception cref="IOException">The connection is gone: how many of the messages arrived is not known.</exception>
    public async Task SendAsync(IEnumerable<byte[]> messages, TimeSpan confirmation, TimeProvider clock, CancellationToken cancellation)
    {
        using var frames = new MemoryStream();
        foreach (var message in messages)
        {
            frames.Write(Encoding.ASCII.GetBytes($"{message.Length} "));
            frames.Write(message);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            if (_end.IsCompleted) { throw new IOException("it closed the connection."); }
            await _stream.WriteAsync(frames.GetBuffer().AsMemory(0, (int)frames.Length), limit.Token);
            await _stream.FlushAsync(limit.Token);
            if (await Task.WhenAny(_end, Task.Delay(confirmation, clock, cancellation)) == _end) { throw new IOException("it closed the connection."); }
            cancellation.ThrowIfCancellationRequested();
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"The syslog server took no more messages: {failed.Message}", failed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await ((Task)_end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static X509ChainPolicy? PolicyOf(SyslogOptions options)
    {
        if (options.Authorities is null) { return null; }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(options.Authorities);
        return policy;
    }
}
