using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Access.Organization;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Access.Organization;

/// <summary>A real provider that asks for no second factor: then this server does, and only then.</summary>
public sealed partial class OwnFactorTests : IAsyncLifetime
{
    private const string Page = "/sign-in/organization/second-factor";
    private Server server = null!;
    private OpenIdProvider provider = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync(("SignIn:FactorHours", "1"));
        provider = await OpenIdProvider.StartAsync(new(server.Url, "/sign-in/organization/callback"));
        OrganizationSignInTests.Configure(server, provider.Issuer.ToString());
        await server.StartAgainAsync();
        tina = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await provider.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_sign_in_sets_an_authenticator_up_and_the_next_ones_ask_for_its_code()
    {
        using var browser = new Browser(server);
        await VouchAsync(browser, "pia");
        Assert.False(await Member.IsInAsync(browser)); // the provider's word alone opens nothing
        var secret = await SetUpAsync(browser);
        Assert.True(await Member.IsInAsync(browser));
        Assert.Contains("your organization's sign-in and your second factor here", await browser.ReadAsync("/account"), StringComparison.Ordinal);

        server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var later = new Browser(server);
        await VouchAsync(later, "pia");
        Assert.DoesNotContain("otpauth", await later.ReadAsync(Page), StringComparison.Ordinal); // nobody sets another one up with the provider's word
        using (var wrong = await later.SubmitAsync(Page, Page, ("code", "000000"))) { Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode); }
        Assert.False(await Member.IsInAsync(later));
        using (var right = await later.SubmitAsync(Page, Page, ("code", Totp.CodeOf(secret, server.Clock)), ("returnUrl", "/account"))) { Assert.Equal("/account", right.Headers.Location?.ToString()); }
        Assert.True(await Member.IsInAsync(later));
        Assert.Equal(
            [
                "pia account.created allowed from the organization: technician", "pia account.vouched-for allowed organization: technician", "pia account.set-up allowed authenticator, after the organization's sign-in",
                "pia account.sign-in allowed organization, then its own second factor: authenticator", "pia account.vouched-for allowed organization: technician",
                "pia account.sign-in refused organization, then its own second factor: wrong code", "pia account.sign-in allowed organization, then its own second factor: authenticator",
            ],
            (await server.AccountAuditAsync()).Where(row => row.StartsWith("pia", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_provider_that_vouches_for_a_second_factor_is_believed_by_the_values_that_are_configured()
    {
        using var browser = new Browser(server);
        using (var entered = await EnterAsync(browser, "mia", ["pwd", "mfa"])) { Assert.Contains("You are signed in.", await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal); }
        Assert.True(await Member.IsInAsync(browser));
        server.Configure("OpenIdConnect:AmrValues:0", "hwk");
        await server.StartAgainAsync();
        using var other = new Browser(server);
        await VouchAsync(other, "mia", ["pwd", "mfa"]);
        Assert.False(await Member.IsInAsync(other));
        using var hardware = new Browser(server);
        using (await EnterAsync(hardware, "mia", ["hwk"])) { }
        Assert.True(await Member.IsInAsync(hardware));
    }

    [Fact]
    public async Task A_code_works_once_and_guesses_lock_it()
    {
        using var browser = new Browser(server);
        await VouchAsync(browser, "pia");
        var secret = await SetUpAsync(browser);
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        var code = Totp.CodeOf(secret, server.Clock);
        using var first = new Browser(server);
        using var second = new Browser(server);
        await VouchAsync(first, "pia");
        await VouchAsync(second, "pia");
        using (var taken = await first.SubmitAsync(Page, Page, ("code", code))) { Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode); }
        using (var again = await second.SubmitAsync(Page, Page, ("code", code))) { Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode); }

        var token = await second.TokenAsync(Page);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => { using var guess = await second.PostAsync(Page, token, ("code", $"{i:000000}")); }));
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var locked = await second.SubmitAsync(Page, Page, ("code", Totp.CodeOf(secret, server.Clock)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, locked.StatusCode);
        Assert.False(await Member.IsInAsync(second));
        Assert.Contains("pia account.sign-in refused organization, then its own second factor: locked out", await server.AccountAuditAsync());
    }

    [Fact]
    public async Task Of_two_who_set_up_at_once_one_does_and_the_other_must_give_that_ones_code()
    {
        using var owner = new Browser(server);
        using var thief = new Browser(server);
        await VouchAsync(owner, "pia");
        await VouchAsync(thief, "pia");
        var thiefsPage = await thief.ReadAsync(Page);
        await SetUpAsync(owner);
        var (secret, sealedSecret, token) = Read(thiefsPage);
        using (var late = await thief.PostAsync(Page, token, ("secret", sealedSecret), ("code", Totp.CodeOf(secret, server.Clock)))) { Assert.Equal(HttpStatusCode.UnprocessableEntity, late.StatusCode); }
        Assert.False(await Member.IsInAsync(thief));
    }

    [Fact]
    public async Task An_authenticator_that_was_set_up_since_the_account_was_read_is_not_replaced()
    {
        using var owner = new Browser(server);
        await VouchAsync(owner, "pia");
        var read = await server.InAccountsAsync(accounts => accounts.Users.AsNoTracking().SingleAsync(account => account.UserName == "pia"));
        await SetUpAsync(owner);
        var kept = await server.InAccountsAsync(accounts => accounts.Users.Select(account => account.ProtectedTotpSecret).ToListAsync());

        await using var scope = server.Services.CreateAsyncScope();
        var secret = SecureRecorder.Admin.Access.Totp.NewSecret();
        var outcome = await scope.ServiceProvider.GetRequiredService<OwnFactor>().SetUpAsync(new DefaultHttpContext { RequestServices = scope.ServiceProvider }, read, secret, SecureRecorder.Admin.Access.Totp.CodeFor(secret, server.Clock.GetUtcNow()), default);
        Assert.IsType<OwnFactor.Outcome.Refused>(outcome);
        Assert.Equal(kept, await server.InAccountsAsync(accounts => accounts.Users.Select(account => account.ProtectedTotpSecret).ToListAsync()));
    }

    [Fact]
    public async Task The_half_sign_in_is_over_after_ten_minutes_is_nobody_elses_to_write_and_dies_with_the_account()
    {
        using var browser = new Browser(server);
        await VouchAsync(browser, "pia");
        var token = await browser.TokenAsync(Page);
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        using (var late = await browser.PostAsync(Page, token, ("code", "000000"))) { Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode); }

        using var forger = new Browser(server);
        var id = await server.InAccountsAsync(accounts => accounts.Users.Where(account => account.UserName == "pia").Select(account => account.Id).SingleAsync());
        forger.Cookies.Add(server.Url, new Cookie("half", $"9999999999999%20{id}"));
        Assert.StartsWith("/sign-in?", (await forger.GetAsync(Page)).Headers.Location?.ToString(), StringComparison.Ordinal);

        await VouchAsync(browser, "pia");
        using (await tina.Browser.SubmitAsync($"/people/{id}", $"/people/{id}/disable")) { }
        Assert.StartsWith("/sign-in?", (await browser.GetAsync(Page)).Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_resets_a_lost_authenticator_and_every_browser_is_out()
    {
        using var browser = new Browser(server);
        await VouchAsync(browser, "pia");
        await SetUpAsync(browser);
        var id = await server.InAccountsAsync(accounts => accounts.Users.Where(account => account.UserName == "pia").Select(account => account.Id).SingleAsync());
        using (var reset = await tina.Browser.SubmitAsync($"/people/{id}", $"/people/{id}/reset")) { Assert.Equal($"/people/{id}", reset.Headers.Location?.ToString()); }
        Assert.False(await Member.IsInAsync(browser));
        await VouchAsync(browser, "pia");
        await SetUpAsync(browser);
        Assert.True(await Member.IsInAsync(browser));
    }

    [Fact]
    public async Task Who_must_prove_it_again_is_asked_anew_at_the_provider_also_when_it_knows_them()
    {
        using var browser = new Browser(server);
        using (await EnterAsync(browser, "mia", ["mfa"])) { }
        var known = new List<Uri>();
        using (await browser.GetAsync(await OrganizationSignInTests.CallbackAsync(browser, "/sign-in/organization", "mia", ["support"], ["mfa"], known))) { }
        Assert.DoesNotContain(known, address => address.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal)); // signed in there, and not asked

        Assert.Contains("/sign-in/organization?again=true&returnUrl=%2Frights", await browser.ReadAsync("/account/confirm?returnUrl=%2Frights"), StringComparison.Ordinal);
        var asked = new List<Uri>();
        using (await browser.GetAsync(await OrganizationSignInTests.CallbackAsync(browser, "/sign-in/organization?again=true", "mia", ["support"], ["mfa"], asked))) { }
        Assert.Contains("prompt=login", asked[0].Query, StringComparison.Ordinal);
        Assert.Contains("max_age=3600", asked[0].Query, StringComparison.Ordinal);
        Assert.Contains(asked, address => address.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal));
        Assert.True(await server.InAccountsAsync(accounts => accounts.Sessions.AllAsync(session => session.FactorAt > 0)));
    }

    [Fact]
    public async Task A_provider_that_still_answers_with_an_old_time_is_refused()
    {
        using var browser = new Browser(server);
        server.Clock.Advance(TimeSpan.FromMinutes(61)); // by its own clock it has just asked
        using var entered = await EnterAsync(browser, "mia", ["mfa"]);
        Assert.Equal(HttpStatusCode.Forbidden, entered.StatusCode);
        Assert.Contains("did not ask you anew", await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await Member.IsInAsync(browser));
        Assert.Contains("stranger account.sign-in refused organization: it asked too long ago", await server.AccountAuditAsync());
    }

    [Fact]
    public async Task An_own_authenticator_proves_the_factor_again_where_the_time_of_the_provider_has_passed()
    {
        using var browser = new Browser(server);
        await VouchAsync(browser, "pia");
        var secret = await SetUpAsync(browser);
        server.Clock.Advance(TimeSpan.FromHours(1));
        using var asked = await browser.GetAsync($"/sessions/{Guid.NewGuid()}/replay");
        Assert.StartsWith("/account/confirm", asked.Headers.Location?.ToString(), StringComparison.Ordinal);
        using (var confirmed = await browser.SubmitAsync("/account/confirm", "/account/confirm", ("code", Totp.CodeOf(secret, server.Clock)), ("returnUrl", "/"))) { Assert.Equal("/", confirmed.Headers.Location?.ToString()); }
        using var shown = await browser.GetAsync($"/sessions/{Guid.NewGuid()}/replay");
        Assert.Equal(HttpStatusCode.NotFound, shown.StatusCode);
    }

    private async Task<HttpResponseMessage> EnterAsync(Browser browser, string name, string[] amr) =>
        await browser.GetAsync(await OrganizationSignInTests.CallbackAsync(browser, "/sign-in/organization", name, ["support"], amr, []));

    private async Task VouchAsync(Browser browser, string name, string[]? amr = null)
    {
        using var entered = await EnterAsync(browser, name, amr ?? ["pwd"]);
        Assert.Contains(Page, await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Sets an authenticator up; returns its secret.</summary>
    private async Task<string> SetUpAsync(Browser browser)
    {
        var (secret, sealedSecret, token) = Read(await browser.ReadAsync(Page));
        using var done = await browser.PostAsync(Page, token, ("secret", sealedSecret), ("code", Totp.CodeOf(secret, server.Clock)));
        Assert.Contains("Your recovery codes", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return secret;
    }

    private static (string Secret, string Sealed, string Token) Read(string page) =>
        (SecretPattern().Match(page).Groups["found"].Value, SealedPattern().Match(page).Groups["found"].Value, TokenPattern().Match(page).Groups["found"].Value);

    [GeneratedRegex("id=\"totp-secret\"[^>]*>(?<found>[^<]+)<", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretPattern();

    [GeneratedRegex("name=\"secret\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SealedPattern();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenPattern();
}
