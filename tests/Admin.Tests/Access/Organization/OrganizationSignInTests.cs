using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Access.Organization;

/// <summary>OpenID Connect with a real provider: accounts, roles and teams by groups, and who is refused.</summary>
public sealed class OrganizationSignInTests : IAsyncLifetime
{
    private Server server = null!;
    private OpenIdProvider provider = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        provider = await OpenIdProvider.StartAsync(new(server.Url, "/sign-in/organization/callback"));
        Configure(server, provider.Issuer.ToString());
        server.Configure("OpenIdConnect:Name", "Example ID");
        await server.StartAgainAsync();
        tina = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await provider.DisposeAsync();
        await server.DisposeAsync();
    }

    internal static void Configure(Server server, string authority)
    {
        foreach (var (key, value) in new[]
                 {
                     ("Authority", authority), ("ClientId", OpenIdProvider.ClientId), ("ClientSecret", OpenIdProvider.ClientSecret),
                     ("Roles:technician:0", "support"), ("Roles:technician:1", "support-2"), ("Roles:auditor:0", "privacy"), ("Teams:Second line:0", "support-2"),
                 })
        {
            server.Configure($"OpenIdConnect:{key}", value);
        }
    }

    [Fact]
    public async Task Groups_make_roles_and_teams_at_the_first_sign_in_and_change_them_at_the_next()
    {
        using var browser = new Browser(server);
        Assert.Contains("Sign in with Example ID", await browser.ReadAsync("/sign-in"), StringComparison.Ordinal);
        using (var entered = await EnterAsync(browser, "ida", ["support-2", "unknown"])) { Assert.Equal(HttpStatusCode.OK, entered.StatusCode); }
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/requests")).StatusCode);
        Assert.Contains("Second line", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        using var started = await browser.SubmitAsync("/", "/sessions", ("ticket", "hers"), ("accepted", "true"));
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);

        using var later = new Browser(server);
        using (var entered = await EnterAsync(later, "ida", ["privacy"])) { Assert.Equal(HttpStatusCode.OK, entered.StatusCode); }
        foreach (var each in new[] { browser, later }) // also where she was signed in already
        {
            Assert.Equal("/audit", (await each.GetAsync("/")).Headers.Location?.ToString());
            Assert.DoesNotContain("Second line", await each.ReadAsync("/account"), StringComparison.Ordinal);
        }

        Assert.Equal(1, await server.InAccountsAsync(accounts => accounts.Users.CountAsync(account => account.UserName == "ida")));
        Assert.Equal(
            ["ida account.created allowed from the organization: technician", "ida account.sign-in allowed organization: technician", "ida account.sign-in allowed organization: auditor"],
            (await server.AccountAuditAsync()).Where(row => row.StartsWith("ida", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_mapped_group_nobody_signs_in_and_who_was_signed_in_is_signed_out()
    {
        using var stranger = new Browser(server);
        using (var refused = await EnterAsync(stranger, "sam", ["Support", "admin", "technician"]))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("has no role here", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.False(await Member.IsInAsync(stranger));
        Assert.False(await server.InAccountsAsync(accounts => accounts.Users.AnyAsync(account => account.UserName == "sam")));

        using var member = new Browser(server);
        using (await EnterAsync(member, "mia", ["support"])) { }
        Assert.True(await Member.IsInAsync(member));
        using var again = new Browser(server);
        using (await EnterAsync(again, "mia", [])) { }
        Assert.False(await Member.IsInAsync(member));
    }

    [Fact]
    public async Task Without_a_second_factor_at_the_provider_nobody_signs_in_where_none_of_this_server_counts()
    {
        server.Configure("OpenIdConnect:OwnSecondFactor", "false");
        await server.StartAgainAsync();
        using var browser = new Browser(server);
        using var refused = await EnterAsync(browser, "pia", ["support"], amr: ["pwd"]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(await Member.IsInAsync(browser));
    }

    [Fact]
    public async Task A_local_accounts_name_is_not_taken_over()
    {
        using var browser = new Browser(server);
        using var refused = await EnterAsync(browser, Technician.UserName, ["support"]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(await Member.IsInAsync(browser));
    }

    [Fact]
    public async Task An_account_that_an_admin_disabled_stays_out_and_has_no_password_to_reset()
    {
        using var browser = new Browser(server);
        using (await EnterAsync(browser, "kim", ["support"])) { }
        using var kim = new Member(server, "kim");
        await kim.FindAsync();
        foreach (var what in (string[])["reset", "roles"])
        {
            using var refused = await tina.Browser.SubmitAsync($"/people/{kim.Id}", $"/people/{kim.Id}/{what}", ("roles", Roles.Admin));
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        }

        using (await tina.Browser.SubmitAsync($"/people/{kim.Id}", $"/people/{kim.Id}/disable")) { }
        Assert.False(await Member.IsInAsync(browser));
        using var again = await EnterAsync(browser, "kim", ["support"]);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        using var password = await kim.EnterAsync("", "");
        Assert.Equal(HttpStatusCode.Unauthorized, password.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_taken_once_and_from_the_browser_that_asked()
    {
        using var browser = new Browser(server);
        var callback = await CallbackAsync(browser, "rob", ["support"]);
        using var thief = new Browser(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync(callback)).StatusCode);
        Assert.False(await Member.IsInAsync(thief));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(callback)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(callback)).StatusCode); // replayed
        Assert.Contains("stranger account.sign-in refused organization: the answer was not accepted", await server.AccountAuditAsync());
    }

    [Theory]
    [InlineData("OpenIdConnect:Authority", "http://id.example.org", "must be an https address")]
    [InlineData("OpenIdConnect:ClientSecret", "", "ClientSecret is empty")]
    [InlineData("OpenIdConnect:Roles:root:0", "x", "Roles:root is no role")]
    public async Task A_wrong_setting_stops_the_start_in_words(string key, string value, string words)
    {
        server.Configure(key, value);
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => server.StartAgainAsync());
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> EnterAsync(Browser browser, string name, string[] groups, string[]? amr = null) =>
        await browser.GetAsync(await CallbackAsync(browser, name, groups, amr));

    private Task<string> CallbackAsync(Browser browser, string name, string[] groups, string[]? amr = null) => CallbackAsync(browser, "/sign-in/organization", name, groups, amr, []);

    /// <summary>Signs in at the provider; returns the address that it sends the browser back to.</summary>
    /// <param name="start">Path of this server that leads there.</param>
    /// <param name="seen">Gets the addresses on the way.</param>
    internal static async Task<string> CallbackAsync(Browser browser, string start, string name, string[] groups, string[]? amr, List<Uri> seen)
    {
        var person = JsonSerializer.Serialize(new { sub = $"id-{name}", preferred_username = name, name = $"{name} Example", groups, amr = amr ?? ["pwd", "mfa"] });
        var next = (await browser.GetAsync(start)).Headers.Location!;
        while (!next.AbsolutePath.EndsWith("/callback", StringComparison.Ordinal))
        {
            seen.Add(next);
            var isForm = next.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(isForm ? HttpMethod.Post : HttpMethod.Get, next) { Content = isForm ? new FormUrlEncodedContent([new("person", person)]) : null };
            using var answer = await browser.SendAsync(request, "text/html");
            Assert.True(answer.Headers.Location is not null, $"{next}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            next = new(next, answer.Headers.Location);
        }

        return next.ToString();
    }
}
