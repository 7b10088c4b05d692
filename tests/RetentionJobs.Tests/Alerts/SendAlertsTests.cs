using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Alerts;

/// <summary>Alerts arrive: by a real SMTP conversation and over real HTTP, however often they were refused before.</summary>
public sealed class SendAlertsTests
{
    private const string Secret = "a secret of more than thirty-two characters";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_that_fails_is_tried_again_ever_more_seldom_and_gets_the_same_alert_signed_anew()
    {
        await using var receiver = WebhookReceiver.Start();
        using var channel = Webhook(receiver.Url, out var options);
        using var scene = new FindingsScene(channel);
        options.Clock = scene.Clock;
        receiver.Status = 500;
        await QueueAsync(scene);
        Assert.Equal(1, await scene.Send.RunAsync(Cancellation));
        Assert.Equal(0, await scene.Send.RunAsync(Cancellation)); // not yet
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, await scene.Send.RunAsync(Cancellation));
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, await scene.Send.RunAsync(Cancellation)); // twice as long
        Assert.Equal("The webhook answered 500.", Assert.Single(await scene.AlertsAsync()).LastError);

        receiver.Status = 204;
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        await scene.Send.RunAsync(Cancellation);
        scene.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await scene.Send.RunAsync(Cancellation)); // delivered once

        var posts = receiver.Posts.ToList();
        Assert.Equal(3, posts.Count);
        var id = Assert.Single(await scene.AlertsAsync()).Id.ToString();
        foreach (var post in posts) { Assert.Equal(id, post.Headers[WebhookChannel.IdHeader]); }
        Assert.Equal(posts[0].Body, posts[^1].Body);
        Assert.NotEqual(posts[0].Headers[WebhookChannel.TimestampHeader], posts[^1].Headers[WebhookChannel.TimestampHeader]);
    }

    [Fact]
    public async Task Who_receives_a_post_can_check_whose_it_is_when_it_was_sent_and_what_it_says()
    {
        await using var receiver = WebhookReceiver.Start();
        using var channel = Webhook(receiver.Url, out var options);
        using var scene = new FindingsScene(channel);
        options.Clock = scene.Clock;
        await QueueAsync(scene);
        await scene.Send.RunAsync(Cancellation);

        var post = Assert.Single(receiver.Posts);
        var timestamp = post.Headers["X-SecureRecorder-Timestamp"];
        Assert.Equal(scene.Clock.GetUtcNow().ToUnixTimeSeconds(), long.Parse(timestamp, CultureInfo.InvariantCulture));
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret)); // as the documentation says it, by other means
        hmac.TransformBlock(Encoding.UTF8.GetBytes(timestamp + "."), 0, timestamp.Length + 1, null, 0);
        hmac.TransformFinalBlock(post.Body, 0, post.Body.Length);
        Assert.Equal($"sha256={Convert.ToHexString(hmac.Hash!)}", post.Headers["X-SecureRecorder-Signature"], ignoreCase: true);

        using var json = JsonDocument.Parse(post.Body);
        var root = json.RootElement;
        Assert.Equal(("application/json; charset=utf-8", "POST", "/hook"), (post.Headers["Content-Type"], post.Method, post.Path));
        Assert.Equal(post.Headers["X-SecureRecorder-Id"], root.GetProperty("id").GetString());
        Assert.Equal(("finding.opened", "critical", "main", "https://record.example.org/location"), (root.GetProperty("kind").GetString(), root.GetProperty("severity").GetString(), root.GetProperty("location").GetString(), root.GetProperty("page").GetString()));
        Assert.DoesNotContain(Secret, Encoding.UTF8.GetString(post.Body) + string.Join(' ', post.Headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = WebhookReceiver.Start();
        await using var receiver = WebhookReceiver.Start();
        (receiver.Status, receiver.Location) = (307, elsewhere.Url);
        using var channel = Webhook(receiver.Url, out _);
        using var scene = new FindingsScene(channel);
        await QueueAsync(scene);
        await scene.Send.RunAsync(Cancellation);
        Assert.Contains("redirects are not followed", Assert.Single(await scene.AlertsAsync()).LastError, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Posts);
    }

    [Fact]
    public async Task A_mail_that_is_refused_is_tried_again_and_is_plain_text_with_the_alerts_id()
    {
        await using var receiver = SmtpReceiver.Start();
        receiver.Refuses = true;
        using var scene = new FindingsScene(Mail(new() { Host = "127.0.0.1", Port = receiver.Port, Security = MailOptions.Plain }));
        await QueueAsync(scene, "Critical: public-list. Anybody can list what lies in the bucket.\r\nBcc: everybody@example.org\n.\n..");
        await scene.Send.RunAsync(Cancellation);
        Assert.Contains("try again later", Assert.Single(await scene.AlertsAsync()).LastError, StringComparison.Ordinal);

        receiver.Refuses = false;
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        await scene.Send.RunAsync(Cancellation);
        var alert = Assert.Single(await scene.AlertsAsync());
        Assert.Equal((2, 2, false), (receiver.Tries, alert.Attempts, alert.GivenUp));
        Assert.NotNull(alert.EndedAt);

        var mail = MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Assert.Single(receiver.Accepted))), Cancellation);
        Assert.Equal(($"{alert.Id}@example.org", "[SecureRecorder] New finding: main", "alerts@example.org", "dpo@example.org"), (mail.MessageId, mail.Subject, mail.From.ToString(), mail.To.ToString()));
        Assert.Empty(mail.Bcc);
        Assert.Equal("text/plain", Assert.IsType<MimeKit.TextPart>(mail.Body).ContentType.MimeType);
        Assert.Contains("Bcc: everybody@example.org", mail.TextBody, StringComparison.Ordinal); // as text
        Assert.Contains("https://record.example.org/location", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_goes_over_tls_to_the_server_that_is_meant_and_to_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("smtp-").FullName;
        try
        {
            using var certificate = CertificateFor("localhost", Path.Combine(folder, "ca.pem"));
            using var another = CertificateFor("localhost", Path.Combine(folder, "other.pem"));
            await using var receiver = SmtpReceiver.Start(certificate, ("recorder", "word"));
            foreach (var (authorities, password, arrives) in new[] { ("ca.pem", "word", true), ("ca.pem", "wrong", false), ("other.pem", "word", false) })
            {
                var before = receiver.Accepted.Count;
                using var scene = new FindingsScene(Mail(new() { Host = "localhost", Port = receiver.Port, Authorities = Path.Combine(folder, authorities), UserName = "recorder", Password = password }));
                await QueueAsync(scene);
                await scene.Send.RunAsync(Cancellation);
                var alert = Assert.Single(await scene.AlertsAsync());
                Assert.Equal((authorities, password, arrives), (authorities, password, receiver.Accepted.Count > before));
                Assert.True(arrives == alert.EndedAt is not null, alert.LastError);
                Assert.DoesNotContain("wrong", alert.LastError ?? "", StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_without_starttls_gets_nothing_where_tls_is_demanded()
    {
        await using var receiver = SmtpReceiver.Start();
        using var scene = new FindingsScene(Mail(new() { Host = "localhost", Port = receiver.Port, Security = MailOptions.StartTls }));
        await QueueAsync(scene);
        await scene.Send.RunAsync(Cancellation);
        Assert.NotNull(Assert.Single(await scene.AlertsAsync()).LastError);
        Assert.Equal(0, receiver.Tries);
    }

    [Fact]
    public async Task What_was_accepted_by_a_channel_before_the_server_died_comes_again_with_the_same_id()
    {
        await using var receiver = WebhookReceiver.Start();
        using var channel = Webhook(receiver.Url, out _);
        var dying = new DiesAfterwards(channel);
        using var scene = new FindingsScene(dying);
        await QueueAsync(scene);
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Send.RunAsync(Cancellation));
        dying.Dies = false;
        Assert.Equal(0, await scene.Send.RunAsync(Cancellation)); // it might still live
        scene.Clock.Advance(SendAlerts.Lease);
        await scene.Send.RunAsync(Cancellation);
        Assert.Equal(2, receiver.Posts.Count);
        Assert.Single(receiver.Posts.Select(post => post.Headers[WebhookChannel.IdHeader]).Distinct());
    }

    [Fact]
    public async Task One_channel_does_not_wait_for_the_other_and_is_told_of_it_when_it_is_given_up()
    {
        await using var hook = WebhookReceiver.Start();
        await using var mail = SmtpReceiver.Start();
        hook.Status = 503;
        using var channel = Webhook(hook.Url, out _);
        using var scene = new FindingsScene(channel, Mail(new() { Host = "127.0.0.1", Port = mail.Port, Security = MailOptions.Plain }));
        await QueueAsync(scene);
        await scene.Send.RunAsync(Cancellation);
        Assert.Single(mail.Accepted);

        scene.Clock.Advance(SendAlerts.Patience);
        await scene.Send.RunAsync(Cancellation);
        var finding = Assert.Single(await scene.OpenAsync());
        Assert.Equal(("alerts", "server", "alert-not-delivered", "webhook", "The webhook answered 503."), (finding.Source, finding.Location, finding.Rule, finding.Subject, finding.Detail));
        Assert.Single(await scene.TrailAsync("alert.given-up"));
        await scene.Send.RunAsync(Cancellation);
        Assert.Equal(2, mail.Accepted.Count); // told by the way that works

        // What is given up tells no more of itself, and once something is delivered nothing is wrong.
        scene.Clock.Advance(SendAlerts.Patience);
        await scene.Send.RunAsync(Cancellation);
        Assert.Equal(2, (await scene.AlertsAsync()).Select(alert => alert.Id).Distinct().Count());
        hook.Status = 200;
        await QueueAsync(scene);
        await scene.Send.RunAsync(Cancellation);
        Assert.Empty(await scene.OpenAsync());
    }

    [Fact]
    public async Task What_is_not_configured_gets_nothing()
    {
        using var channel = new WebhookChannel(Options.Create(new WebhookOptions()), new(null), TimeProvider.System);
        using var scene = new FindingsScene(channel, new MailChannel(Options.Create(new MailOptions()), new(null)));
        await QueueAsync(scene);
        Assert.Empty(await scene.AlertsAsync());
    }

    [Theory]
    [InlineData("http://hooks.example.org/x", "long enough, long enough, long enough", "must be an https address")]
    [InlineData("ftp://127.0.0.1/x", "long enough, long enough, long enough", "must be an https address")]
    [InlineData("https://user:word@hooks.example.org/", "long enough, long enough, long enough", "must be an https address")]
    [InlineData("hooks.example.org", "long enough, long enough, long enough", "must be an https address")]
    [InlineData("https://hooks.example.org/", "too short", "has 9 characters; it must have at least 32")]
    [InlineData("https://hooks.example.org/", null, "has 0 characters; it must have at least 32")]
    public void A_webhook_that_anybody_could_read_or_forge_is_refused(string url, string? secret, string expected)
    {
        var said = Assert.Single(new WebhookOptionsValidator().Validate(null, new() { Url = url, Secret = secret }).Failures!);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.DoesNotContain("word", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_options_name_everything_that_is_wrong()
    {
        var said = string.Join('\n', new MailOptionsValidator().Validate(null, new() { Host = "mail.example.org", Port = 0, Security = MailOptions.Plain, UserName = "u", From = "nobody", To = [] }).Failures!);
        foreach (var key in (string[])["Alerts:Mail:Port is 0", "would travel in clear", "Alerts:Mail:Password go together", "Alerts:Mail:From ('nobody')", "Alerts:Mail:To has 0"]) { Assert.Contains(key, said, StringComparison.Ordinal); }
        Assert.True(new MailOptionsValidator().Validate(null, new()).Succeeded);
        Assert.True(new MailOptionsValidator().Validate(null, new() { Host = "mail.example.org", From = "a@example.org", To = ["b@example.org"] }).Succeeded);
    }

    [Fact]
    public void The_pause_doubles_up_to_an_hour() =>
        Assert.Equal([10, 20, 40, 2560, 3600, 3600, 3600], new[] { 1, 2, 3, 9, 10, 25, 10_000 }.Select(attempts => SendAlerts.PauseAfter(attempts).TotalSeconds));

    private static Task QueueAsync(FindingsScene scene, string text = "Critical: public-list.") => scene.ReadAsync(async db =>
    {
        scene.Queue.Add(db, new("finding.opened", FindingSeverity.Critical, "main", "New finding: main", text, "/location"), scene.Clock.GetUtcNow());
        return await db.SaveChangesAsync();
    });

    private static WebhookChannel Webhook(Uri url, out Later clock)
    {
        clock = new();
        return new(Options.Create(new WebhookOptions { Url = url.AbsoluteUri, Secret = Secret, TimeoutSeconds = 5 }), new(new("https://record.example.org/")), clock);
    }

    private static MailChannel Mail(MailOptions options) => new(
        Options.Create(new MailOptions
        {
            Host = options.Host, Port = options.Port, Security = options.Security, Authorities = options.Authorities, UserName = options.UserName, Password = options.Password, From = "alerts@example.org", To = ["dpo@example.org"],
        }),
        new(new("https://record.example.org/")));

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 CertificateFor(string name, string file)
    {
        using var key = RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest($"CN={name} {Path.GetFileName(file)}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return certificate;
    }

    /// <summary>A channel whose server dies once the other side has accepted.</summary>
    private sealed class DiesAfterwards(IAlertChannel channel) : IAlertChannel
    {
        public bool Dies { get; set; } = true;
        public string Name => channel.Name;
        public bool IsConfigured => true;

        public async Task SendAsync(OutgoingAlert alert, CancellationToken cancellation)
        {
            await channel.SendAsync(alert, cancellation);
            if (Dies) { throw new InvalidOperationException("killed"); }
        }
    }

    /// <summary>The clock of a scene that is made after its channel.</summary>
    private sealed class Later : TimeProvider
    {
        public TimeProvider Clock { get; set; } = System;

        public override DateTimeOffset GetUtcNow() => Clock.GetUtcNow();
    }
}
