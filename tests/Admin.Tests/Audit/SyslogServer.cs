using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Audit;

/// <summary>A syslog server (RFC 6587 octet counting, RFC 5425 over TLS) that a test can take away.</summary>
internal sealed class SyslogServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _end = new();
    private readonly TcpListener _listener;
    private readonly Task _running;

    private SyslogServer(int port, X509Certificate2? certificate)
    {
        _certificate = certificate;
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came, message by message.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    public static SyslogServer Start(int? port = null, X509Certificate2? certificate = null) => new(port ?? LoopbackPort.Take(), certificate);

    /// <summary>A certificate for this name, and a PEM file with it.</summary>
    public static X509Certificate2 CertificateFor(string name, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return certificate;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            try
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream);
                    stream = tls;
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _end.Token);
                }

                await using var reading = stream;
                while (await ReadLengthAsync(stream) is { } length)
                {
                    var message = new byte[length];
                    await stream.ReadExactlyAsync(message, _end.Token);
                    Messages.Enqueue(Encoding.UTF8.GetString(message));
                }
            }
            catch (Exception broken) when (broken is IOException or System.Security.Authentication.AuthenticationException)
            {
                // the next connection
            }
        }
    }

    private async Task<int?> ReadLengthAsync(Stream stream)
    {
        var length = 0;
        for (var digit = new byte[1]; await stream.ReadAsync(digit, _end.Token) == 1;)
        {
            if (digit[0] == ' ') { return length; }
            Assert.InRange(digit[0], (byte)'0', (byte)'9');
            length = length * 10 + digit[0] - '0';
        }

        return null;
    }
}
