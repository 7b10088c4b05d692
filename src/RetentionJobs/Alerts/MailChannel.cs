using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Mails alerts as plain text. The message's id is made of the alert's, so that a mailbox can tell what came twice.</summary>
public sealed class MailChannel(IOptions<MailOptions> options, PagesAddress pages) : IAlertChannel
{
    public const string ChannelName = "mail";
    public const string IdHeader = "X-SecureRecorder-Id";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Name => ChannelName;

    public bool IsConfigured => !string.IsNullOrEmpty(options.Value.Host);

    public async Task SendAsync(OutgoingAlert alert, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var message = MessageOf(alert);
            using var client = new SmtpClient();
            client.CheckCertificateRevocation = false; // an alert must not wait for a server of lists of revoked certificates
            if (options.Value.Authorities is { } authorities) { client.ServerCertificateValidationCallback = (_, certificate, _, errors) => certificate is not null && IsOf(authorities, certificate, errors); }

            await client.ConnectAsync(options.Value.Host!, options.Value.Port, SecurityOf(options.Value.Security), limit.Token);
            if (!string.IsNullOrEmpty(options.Value.UserName)) { await client.AuthenticateAsync(options.Value.UserName, options.Value.Password!, limit.Token); }
            await client.SendAsync(message, limit.Token);
            await SayGoodbyeAsync(client, limit.Token);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested && failed is CommandException or ProtocolException or AuthenticationException or SslHandshakeException or ServiceNotConnectedException or ServiceNotAuthenticatedException or NotSupportedException or IOException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            throw new AlertNotDeliveredException($"The mail server {options.Value.Host}:{options.Value.Port} {(failed is OperationCanceledException ? $"did not take it within {Patience.TotalSeconds:0} seconds." : $"did not take it: {failed.Message}")}", failed);
        }
    }

    /// <summary>The mail is accepted: how the conversation ends changes nothing.</summary>
    private static async Task SayGoodbyeAsync(SmtpClient client, CancellationToken cancellation)
    {
        try { await client.DisconnectAsync(quit: true, cancellation); }
        catch (Exception cut) when (cut is IOException or ProtocolException or CommandException or OperationCanceledException) { /* accepted all the same */ }
    }

    private MimeMessage MessageOf(OutgoingAlert alert)
    {
        var from = MailboxAddress.Parse(options.Value.From!);
        var message = new MimeMessage { Subject = $"[SecureRecorder] {alert.Title}", Date = alert.CreatedAt, MessageId = $"{alert.Id}@{from.Domain}" };
        message.From.Add(from);
        message.To.AddRange(options.Value.To.Select(MailboxAddress.Parse));
        message.Headers.Add(IdHeader, alert.Id.ToString());
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Body = new TextPart("plain") { Text = $"{alert.Text}\n\nMore: {pages.Of(alert.Page)}\nLocation: {alert.Location}\nAt: {alert.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC\nNumber: {alert.Id}\n" };
        return message;
    }

    private static SecureSocketOptions SecurityOf(string security) => security switch
    {
        MailOptions.Tls => SecureSocketOptions.SslOnConnect,
        MailOptions.Plain => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    /// <summary>Whether the certificate is the server's, and comes from one of these authorities.</summary>
    private static bool IsOf(string authorities, X509Certificate certificate, SslPolicyErrors errors)
    {
        if ((errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) { return false; } // another name, or none

        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        using var own = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(own);
    }
}
