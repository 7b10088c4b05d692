using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Findings;

/// <summary>The test alert, and what the server refuses to start with.</summary>
[Trait("Catalogue", "both")]
public sealed class AlertTests
{
    private const string Secret = "a secret of more than thirty-two characters";

    [Fact]
    public async Task A_test_alert_goes_every_way_that_is_configured_and_is_audited()
    {
        await using var hook = WebhookReceiver.Start();
        await using var mail = SmtpReceiver.Start();
        await using var server = await Server.StartAsync(
            ("Alerts:Webhook:Url", hook.Url.AbsoluteUri), ("Alerts:Webhook:Secret", Secret),
            ("Alerts:Mail:Host", "127.0.0.1"), ("Alerts:Mail:Port", $"{mail.Port}"), ("Alerts:Mail:Security", "none"), ("Alerts:Mail:From", "alerts@example.org"), ("Alerts:Mail:To:0", "dpo@example.org"));
        using var tina = await Technician.SignInAsync(server);
        Assert.Contains("mail and webhook", await tina.Browser.ReadAsync("/location"), StringComparison.Ordinal);

        using (await tina.Browser.SubmitAsync("/location", "/location/test-alert")) { }

        await Eventually.CompleteAsync(() => Task.FromResult(hook.Posts.Count == 1 && mail.Accepted.Count == 1 ? null : $"{hook.Posts.Count} posts, {mail.Accepted.Count} mails."));
        var row = await server.InCatalogueAsync(catalogue => catalogue.Audit.AsNoTracking().SingleAsync(row => row.Action == "alert.test"));
        Assert.Equal((Technician.UserName, "allowed", hook.Posts.First().Headers["X-SecureRecorder-Id"]), (row.Actor, row.Outcome, row.Detail));
        await Eventually.CompleteAsync(async () => await server.InCatalogueAsync(catalogue => catalogue.Alerts.CountAsync(alert => alert.EndedAt != null)) == 2 ? null : "One is not noted as delivered.");
        var page = await tina.Browser.ReadAsync("/location");
        Assert.Contains("Delivered", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, page, StringComparison.Ordinal);
        Assert.Empty(server.FilesThatHold(Secret)); // secrets stay in the configuration
    }

    [Fact]
    public async Task Where_nothing_is_configured_the_page_says_that_nobody_is_told()
    {
        await using var server = await Server.StartAsync();
        using var tina = await Technician.SignInAsync(server);
        var page = await tina.Browser.ReadAsync("/location");
        Assert.Contains("Nobody is told", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Send a test alert", page, StringComparison.Ordinal);
        using (await tina.Browser.SubmitAsync("/account", "/location/test-alert")) { }
        Assert.Equal("failed", await server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Action == "alert.test").Select(row => row.Outcome).SingleAsync()));
    }

    [Theory]
    [InlineData("Alerts:Webhook:Url", "http://hooks.example.org/")]
    [InlineData("Alerts:Mail:Host", "mail.example.org")]
    public async Task What_cannot_be_is_refused_at_the_start(string key, string value) =>
        Assert.Contains(key[..key.LastIndexOf(':')], string.Join("\n", (await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync((key, value)))).Failures), StringComparison.Ordinal);

    [Fact]
    public async Task What_was_found_before_a_restart_is_shown_with_its_age()
    {
        await using var server = await Server.StartAsync();
        using var tina = await Technician.SignInAsync(server);
        var now = server.Clock.GetUtcNow();
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Findings.Add(new()
            {
                Id = Guid.NewGuid(), Source = "regions", Location = LocationName.Main, Rule = "left-behind", Severity = FindingSeverity.High, Subject = "<b>bucket</b>", Why = "It lies elsewhere.", Detail = "list", Mend = "move it",
                FirstSeenAt = now.AddDays(-3), LastSeenAt = now.AddHours(-1),
            });
            return catalogue.SaveChangesAsync();
        });
        await server.StartAgainAsync();
        using var answer = await tina.Browser.GetAsync("/location");
        var page = await answer.Content.ReadAsStringAsync();
        foreach (var said in (string[])["left-behind", "3 days ago", "move it", "&lt;b&gt;bucket&lt;/b&gt;"]) { Assert.Contains(said, page, StringComparison.Ordinal); }
    }
}
