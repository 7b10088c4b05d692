using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Access.Passkeys;

namespace SecureRecorder.Admin.Tests.Access.Passkeys;

/// <summary>A passkey proves the second factor again: its own account's, for its own question, once.</summary>
public sealed class ConfirmByPasskeyTests : IAsyncLifetime
{
    private const string Form = "/account/confirm/passkey";
    private Server server = null!;
    private Technician tina = null!;
    private Member ines = null!;
    private SoftPasskey passkey = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync(("SignIn:FactorHours", "1"));
        tina = await Technician.SignInAsync(server);
        ines = await Member.JoinAsync(server, tina.Browser, "ines", Roles.Technician);
        passkey = new() { Origin = server.Url.GetLeftPart(UriPartial.Authority), Counter = 0, Counts = false }; // as those that several devices share: no counter tells an answer that comes twice
        await AddAsync(ines.Browser, passkey, Member.Password);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await IsFreshAsync(ines.Browser));
    }

    public async ValueTask DisposeAsync()
    {
        passkey.Dispose();
        ines.Dispose();
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task It_makes_the_factor_fresh_and_goes_on_where_it_was_needed()
    {
        var options = await AskAsync(ines.Browser);
        Assert.Contains(Convert.ToBase64String(passkey.Id).TrimEnd('=').Replace('+', '-').Replace('/', '_'), options, StringComparison.Ordinal); // it asks for one of hers
        using (var confirmed = await ines.Browser.SubmitAsync("/account/confirm", Form, ("credential", passkey.Get(options)), ("returnUrl", "/rights"))) { Assert.Equal("/rights", confirmed.Headers.Location?.ToString()); }
        Assert.True(await IsFreshAsync(ines.Browser));
        Assert.Contains("ines account.second-factor allowed passkey: My laptop", await server.AccountAuditAsync());
        Assert.Contains("Use a passkey", await ines.Browser.ReadAsync("/account/confirm"), StringComparison.Ordinal);
        Assert.DoesNotContain("Use a passkey", await tina.Browser.ReadAsync("/account/confirm"), StringComparison.Ordinal); // she has none
    }

    [Fact]
    public async Task It_makes_only_the_sign_in_fresh_that_was_asked()
    {
        using var other = await ines.OnAnotherBrowserAsync();
        server.Clock.Advance(TimeSpan.FromHours(1));
        using (await ConfirmAsync(ines.Browser)) { }
        Assert.True(await IsFreshAsync(ines.Browser));
        Assert.False(await IsFreshAsync(other));
    }

    [Fact]
    public async Task Another_accounts_passkey_proves_nothing()
    {
        using var hers = new SoftPasskey { Origin = passkey.Origin };
        await AddAsync(tina.Browser, hers, Technician.Password);
        await RequireRefusedAsync(ines.Browser, hers.Get(await AskAsync(ines.Browser)));
        var own = hers.User;
        hers.User = passkey.User; // in the other's name
        await RequireRefusedAsync(ines.Browser, hers.Get(await AskAsync(ines.Browser)));
        hers.User = own;
        using var forged = new SoftPasskey { Origin = passkey.Origin, Id = passkey.Id, User = passkey.User, Counter = 99 };
        await RequireRefusedAsync(ines.Browser, forged.Get(await AskAsync(ines.Browser)));
        Assert.False(await IsFreshAsync(tina.Browser));
    }

    [Fact]
    public async Task An_answer_counts_once_and_only_for_its_own_question()
    {
        var answer = passkey.Get(await AskAsync(ines.Browser));
        var question = ines.Browser.Cookies.GetCookies(server.Url)[PasskeyChallenges.CookieName]!.Value;
        var token = await ines.Browser.TokenAsync("/account/confirm");
        using (var confirmed = await ines.Browser.PostAsync(Form, token, ("credential", answer))) { Assert.Equal(HttpStatusCode.Redirect, confirmed.StatusCode); }
        server.Clock.Advance(TimeSpan.FromHours(1));

        await RequireRefusedAsync(ines.Browser, answer); // nothing is asked any more
        ines.Browser.Cookies.Add(server.Url, new Cookie(PasskeyChallenges.CookieName, question));
        await RequireRefusedAsync(ines.Browser, answer); // the same question
        await AskAsync(ines.Browser);
        await RequireRefusedAsync(ines.Browser, answer); // another one
        Assert.Contains("ines account.second-factor refused passkey: nothing was asked, or it was answered already", await server.AccountAuditAsync());
        Assert.Contains("ines account.second-factor refused passkey: not accepted", await server.AccountAuditAsync());
    }

    [Fact]
    public async Task What_was_asked_for_something_else_or_in_another_sign_in_is_not_answered_here()
    {
        using (var answer = await ines.Browser.ScriptAsync(HttpMethod.Post, "/api/passkeys/sign-in")) { await RequireRefusedAsync(ines.Browser, passkey.Get(await answer.Content.ReadAsStringAsync())); }

        using var other = await ines.OnAnotherBrowserAsync();
        server.Clock.Advance(TimeSpan.FromHours(1));
        var options = await AskAsync(other);
        ines.Browser.Cookies.Add(server.Url, new Cookie(PasskeyChallenges.CookieName, other.Cookies.GetCookies(server.Url)[PasskeyChallenges.CookieName]!.Value));
        await RequireRefusedAsync(ines.Browser, passkey.Get(options));

        // and what is asked here signs nobody in
        using var stranger = new Browser(server);
        var asked = await AskAsync(ines.Browser);
        stranger.Cookies.Add(server.Url, new Cookie(PasskeyChallenges.CookieName, ines.Browser.Cookies.GetCookies(server.Url)[PasskeyChallenges.CookieName]!.Value));
        using var entered = await stranger.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", passkey.Get(asked)));
        Assert.Equal(HttpStatusCode.Unauthorized, entered.StatusCode);
    }

    [Fact]
    public async Task One_that_verified_nobody_is_of_another_page_or_was_removed_is_refused()
    {
        passkey.Verifies = false;
        await RequireRefusedAsync(ines.Browser, passkey.Get(await AskAsync(ines.Browser)));
        (passkey.Verifies, var origin) = (true, passkey.Origin);
        passkey.Origin = "https://evil.example";
        await RequireRefusedAsync(ines.Browser, passkey.Get(await AskAsync(ines.Browser)));
        passkey.Origin = origin;
        var options = await AskAsync(ines.Browser);
        await server.InAccountsAsync(accounts => accounts.UserPasskeys.ExecuteDeleteAsync());
        await RequireRefusedAsync(ines.Browser, passkey.Get(options));
    }

    [Fact]
    public async Task A_question_is_over_after_some_minutes()
    {
        var answer = passkey.Get(await AskAsync(ines.Browser));
        server.Clock.Advance(PasskeyChallenges.Validity);
        await RequireRefusedAsync(ines.Browser, answer);
    }

    private async Task<HttpResponseMessage> ConfirmAsync(Browser browser) => await browser.SubmitAsync("/account/confirm", Form, ("credential", passkey.Get(await AskAsync(browser))));

    private async Task RequireRefusedAsync(Browser browser, string credential)
    {
        using var refused = await browser.SubmitAsync("/account/confirm", Form, ("credential", credential));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.False(await IsFreshAsync(browser));
    }

    private static async Task AddAsync(Browser browser, SoftPasskey passkey, string password)
    {
        using var asked = await browser.ScriptAsync(HttpMethod.Post, "/api/passkeys/new");
        using var added = await browser.SubmitAsync("/account", "/account/passkeys", ("name", "My laptop"), ("password", password), ("credential", passkey.Create(await asked.Content.ReadAsStringAsync())));
        Assert.Equal("/account?saved", added.Headers.Location?.ToString());
    }

    private static async Task<string> AskAsync(Browser browser)
    {
        using var answer = await browser.ScriptAsync(HttpMethod.Post, "/api/passkeys/confirm");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Whether what needs a fresh factor is shown: here, that there is no such session.</summary>
    private static async Task<bool> IsFreshAsync(Browser browser)
    {
        using var answer = await browser.GetAsync($"/sessions/{Guid.NewGuid()}/replay");
        return answer.StatusCode is HttpStatusCode.NotFound;
    }
}
