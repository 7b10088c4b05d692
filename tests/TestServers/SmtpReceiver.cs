using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace SecureRecorder.TestServers;

/// <summary>A real SMTP server on a loopback port, which keeps what it accepts and can be told to refuse.</summary>
public sealed class SmtpReceiver : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    private SmtpReceiver(int port, X509Certificate2? certificate, (string User, string Password)? account)
    {
        Port = port;
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new(IPAddress.Loopback, port)).AuthenticationRequired(account is not null).AllowUnsecureAuthentication(account is not null && certificate is null);
            if (certificate is not null) { endpoint.Certificate(certificate); }
        }).Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new Store(this));
        if (account is var (user, password)) { services.Add(new DelegatingUserAuthenticator((name, word) => name == user && word == password)); }
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_end.Token);
    }

    public int Port { get; }

    /// <summary>Whether mails are refused for now (451).</summary>
    public bool Refuses { get; set; }

    /// <summary>How many mails came, refused or not.</summary>
    public int Tries => _tries;

    /// <summary>What was accepted, as it came.</summary>
    public ConcurrentQueue<string> Accepted { get; } = [];

    private int _tries;

    /// <param name="certificate">With one, it offers STARTTLS.</param>
    /// <param name="account">Without one, nobody signs in.</param>
    public static SmtpReceiver Start(X509Certificate2? certificate = null, (string User, string Password)? account = null) => new(LoopbackPort.Take(), certificate, account);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private sealed class Store(SmtpReceiver receiver) : MessageStore
    {
        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref receiver._tries);
            if (receiver.Refuses) { return Task.FromResult(new SmtpResponse(SmtpReplyCode.Aborted, "try again later")); }

            receiver.Accepted.Enqueue(Encoding.UTF8.GetString(buffer.ToArray()));
            return Task.FromResult(SmtpResponse.Ok);
        }
    }
}
