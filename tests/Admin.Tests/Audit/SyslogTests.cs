using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Audit;

/// <summary>Every row reaches the syslog server, in order, also those of a time in which it was away.</summary>
public sealed partial class SyslogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("syslog-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Over_tcp_every_row_arrives_and_nothing_is_lost_while_the_collector_is_away()
    {
        var collector = SyslogServer.Start();
        var port = collector.Port;
        await using var server = await Server.StartAsync(("Audit:Syslog:Host", "127.0.0.1"), ("Audit:Syslog:Port", $"{port}"), ("Audit:Syslog:Tls", "false"));
        using var technician = await Technician.SignInAsync(server);
        await ArrivedAsync(server, collector);
        var first = collector.Messages.Select(SequenceOf).ToList();
        await collector.DisposeAsync();

        await technician.StartSessionAsync();
        await technician.StartSessionAsync();
        collector = SyslogServer.Start(port);
        await using var back = collector;
        await ArrivedAsync(server, back);
        Assert.Equal(Enumerable.Range(1, first.Count).Select(i => (long)i), first);
        Assert.Equal(Enumerable.Range(1, (int)await LastAsync(server)).Select(i => (long)i), first.Concat(back.Messages.Select(SequenceOf)).Distinct());

        // After a restart it goes on where it was.
        await Eventually.CompleteAsync(async () => await CursorAsync(server) == await LastAsync(server) ? null : "The cursor lags.");
        var before = back.Messages.Count;
        await server.StartAgainAsync();
        await technician.Browser.GetAsync("/");
        await Eventually.CompleteAsync(async () => await CursorAsync(server) == await LastAsync(server) ? null : "The cursor lags.");
        Assert.DoesNotContain(1L, back.Messages.Skip(before).Select(SequenceOf));
    }

    [Fact]
    public async Task Over_tls_with_a_certificate_of_a_known_authority()
    {
        using var certificate = SyslogServer.CertificateFor("localhost", Path.Combine(folder, "ca.pem"));
        await using var collector = SyslogServer.Start(certificate: certificate);
        await using var server = await Server.StartAsync(("Audit:Syslog:Host", "localhost"), ("Audit:Syslog:Port", $"{collector.Port}"), ("Audit:Syslog:Authorities", Path.Combine(folder, "ca.pem")));
        using var technician = await Technician.SignInAsync(server);
        await ArrivedAsync(server, collector);
    }

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("other.example", true)]
    public async Task To_a_stranger_nothing_is_sent(string name, bool isKnown)
    {
        using var certificate = SyslogServer.CertificateFor(name, Path.Combine(folder, "ca.pem"));
        await using var collector = SyslogServer.Start(certificate: certificate);
        var options = new SyslogOptions { Host = "localhost", Port = collector.Port, Authorities = isKnown ? Path.Combine(folder, "ca.pem") : null };
        await Assert.ThrowsAsync<IOException>(() => SyslogConnection.OpenAsync(options, TestContext.Current.CancellationToken));
        Assert.Empty(collector.Messages);
    }

    [Theory]
    [InlineData("Audit:Syslog:Port", "0")]
    [InlineData("Audit:Syslog:Authorities", "/nowhere.pem")]
    public async Task What_cannot_be_is_refused_at_the_start(string key, string value) =>
        Assert.Contains(key, string.Join("\n", (await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => Server.StartAsync((key, value)))).Failures), StringComparison.Ordinal);

    [Fact]
    public void A_message_is_one_message_whatever_its_row_says()
    {
        var row = new AuditRow
        {
            Id = 7, At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), Actor = "e\"v\\e]\n<110>1 - - - - - - ä", Action = "replay opened\u2028" + new string('x', 40), Outcome = "refused", Detail = "a\r\nb\0",
            Salt = new byte[16], Previous = new byte[32], Hash = new byte[32],
        };
        Assert.Equal(
            $"<108>1 2026-01-02T03:04:05.678Z {Environment.MachineName} secure-recorder - replay?opened?xxxxxxxxxxxxxxxxxx [audit@32473 sequence=\"7\" actor=\"e\\\"v\\\\e\\]\uFFFD<110>1 - - - - - - ä\" action=\"replay opened\uFFFD{new string('x', 40)}\" outcome=\"refused\" detail=\"a\uFFFD\uFFFDb\uFFFD\" hash=\"{new string('A', 43)}\"]",
            Encoding.UTF8.GetString(SyslogMessage.Of(row)));
    }

    private static Task ArrivedAsync(Server server, SyslogServer collector) => Eventually.CompleteAsync(async () =>
        collector.Messages.Select(SequenceOf).LastOrDefault() is var arrived && arrived == await LastAsync(server) ? null : $"{arrived} of {await LastAsync(server)} rows arrived.");

    private static Task<long> LastAsync(Server server) => server.InCatalogueAsync(catalogue => catalogue.Audit.MaxAsync(row => row.Id));

    private static Task<long> CursorAsync(Server server) => server.InCatalogueAsync(catalogue => catalogue.AuditCursors.Where(cursor => cursor.Name == ForwardToSyslog.Cursor).Select(cursor => cursor.Sequence).SingleOrDefaultAsync());

    private static long SequenceOf(string message) => long.Parse(SequencePattern().Match(message).Groups["found"].Value);

    [GeneratedRegex("""^<\d+>1 \S+Z \S+ secure-recorder - \S+ \[audit@32473 sequence="(?<found>\d+)" """, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SequencePattern();
}
