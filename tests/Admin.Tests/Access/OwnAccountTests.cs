using System.Net;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>What people do to their own account, and how long a sign-in lasts.</summary>
[Trait("Catalogue", "both")]
public sealed class OwnAccountTests : IAsyncLifetime
{
    private const string Chosen = "another long password";
    private Server server = null!;
    private Technician tina = null!;
    private Member anna = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync(("SignIn:IdleMinutes", "60"));
        tina = await Technician.SignInAsync(server);
        anna = await Member.JoinAsync(server, tina.Browser, "anna", Roles.Technician);
    }

    public async ValueTask DisposeAsync()
    {
        anna.Dispose();
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_recovery_code_works_once_in_place_of_the_authenticator_however_it_is_typed()
    {
        using (var entered = await anna.EnterAsync(Member.Password, $" {anna.RecoveryCodes[3].ToLowerInvariant().Replace('-', ' ')} ")) { Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode); }
        using (var again = await anna.EnterAsync(Member.Password, anna.RecoveryCodes[3])) { Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode); }
        Assert.Contains("9 of 10 codes are left", await anna.Browser.ReadAsync("/account"), StringComparison.Ordinal);
        using var strangers = await tina.EnterAsync(Technician.Password, anna.RecoveryCodes[4]); // another account's
        Assert.Equal(HttpStatusCode.Unauthorized, strangers.StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_used_twice_at_the_same_moment_signs_one_in()
    {
        var token = await anna.Browser.TokenAsync("/sign-in");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => anna.Browser.PostAsync(
            "/sign-in", token, ("userName", "anna"), ("password", Member.Password), ("code", anna.RecoveryCodes[0]))));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Redirect));
        foreach (var answer in answers) { answer.Dispose(); }
    }

    [Fact]
    public async Task New_recovery_codes_need_the_password_and_end_the_old_ones()
    {
        using (var refused = await anna.Browser.SubmitAsync("/account", "/account/recovery-codes", ("password", "not it"))) { Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode); }
        using var renewed = await anna.Browser.SubmitAsync("/account", "/account/recovery-codes", ("password", Member.Password));
        var page = await renewed.Content.ReadAsStringAsync();
        Assert.Contains("download=\"recovery-codes-anna.txt\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(anna.RecoveryCodes[0], page, StringComparison.Ordinal);
        using var old = await anna.EnterAsync(Member.Password, anna.RecoveryCodes[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task A_new_password_signs_every_other_browser_out()
    {
        using var other = await anna.OnAnotherBrowserAsync();
        Assert.True(await Member.IsInAsync(other));
        using (var wrong = await ChangePasswordAsync("not it", Chosen)) { Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode); }
        Assert.True(await Member.IsInAsync(other));
        using (var changed = await ChangePasswordAsync(Member.Password, Chosen)) { Assert.Equal("/account?saved", changed.Headers.Location?.ToString()); }
        Assert.False(await Member.IsInAsync(other));
        Assert.True(await anna.IsInAsync());
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        using (var old = await anna.EnterAsync(Member.Password, anna.Code())) { Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode); }
        using var entered = await anna.EnterAsync(Chosen, anna.Code());
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal(["anna account.password refused password not confirmed", "anna account.password allowed "], (await server.AccountAuditAsync()).Where(row => row.Contains("account.password", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whoever_finds_a_browser_open_has_five_guesses_at_its_password()
    {
        for (var i = 0; i < Tries.Limit; i++) { using var _ = await ChangePasswordAsync("not it", Chosen); }
        using var right = await ChangePasswordAsync(Member.Password, Chosen);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, right.StatusCode);
        Assert.Contains("Too many failures", await right.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_authenticator_needs_the_password_and_takes_the_place_of_the_old_one()
    {
        var old = anna.Secret;
        var page = await anna.Browser.ReadAsync("/account/authenticator");
        var (secret, hidden) = Member.SecretOf(page);
        foreach (var (password, expected) in new[] { ("not it", HttpStatusCode.UnprocessableEntity), (Member.Password, HttpStatusCode.Redirect) })
        {
            using var answer = await anna.Browser.SubmitAsync("/account/authenticator", "/account/authenticator",
                ("secret", hidden), ("password", password), ("code", TestServers.Totp.CodeOf(secret, server.Clock)));
            Assert.Equal(expected, answer.StatusCode);
        }

        server.Clock.Advance(TimeSpan.FromMinutes(2));
        using (var before = await anna.EnterAsync(Member.Password, TestServers.Totp.CodeOf(old, server.Clock))) { Assert.Equal(HttpStatusCode.Unauthorized, before.StatusCode); }
        using var after = await anna.EnterAsync(Member.Password, TestServers.Totp.CodeOf(secret, server.Clock));
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    [Fact]
    public async Task Signing_out_one_browser_or_everywhere_else_ends_those_and_nobody_elses()
    {
        using var second = await anna.OnAnotherBrowserAsync();
        using var third = await anna.OnAnotherBrowserAsync();
        var page = await anna.Browser.ReadAsync("/account");
        var sessions = Member.OtherSessionsOf(page);
        Assert.Equal(2, sessions.Count); // the last used first

        using (await tina.Browser.SubmitAsync("/account", "/account/sign-out", ("session", sessions[1]))) { } // somebody else's
        Assert.Equal((true, true, true), (await anna.IsInAsync(), await Member.IsInAsync(second), await Member.IsInAsync(third)));
        using (await anna.Browser.SubmitAsync("/account", "/account/sign-out", ("session", sessions[1]))) { }
        Assert.Equal((true, false, true), (await anna.IsInAsync(), await Member.IsInAsync(second), await Member.IsInAsync(third)));
        using (await anna.Browser.SubmitAsync("/account", "/account/sign-out")) { }
        Assert.Equal((true, false), (await anna.IsInAsync(), await Member.IsInAsync(third)));
        Assert.True(await Member.IsInAsync(tina.Browser));
    }

    [Fact]
    public async Task A_signed_out_cookie_opens_nothing_when_it_is_played_again()
    {
        var saved = anna.Browser.Cookies.GetCookies(server.Url)["account"]!.Value;
        using (await anna.Browser.SubmitAsync("/account", "/sign-out")) { }
        using var thief = new Browser(server);
        thief.Cookies.Add(server.Url, new Cookie("account", saved));
        Assert.False(await Member.IsInAsync(thief));
    }

    [Fact]
    public async Task An_idle_browser_is_signed_out_and_one_that_is_used_stays_for_twelve_hours()
    {
        for (var minutes = 50; minutes < 12 * 60; minutes += 50)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(50));
            Assert.True(await anna.IsInAsync(), $"signed out after {minutes} minutes");
        }

        Assert.False(await Member.IsInAsync(tina.Browser)); // did nothing meanwhile
        server.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.False(await anna.IsInAsync());
    }

    private Task<HttpResponseMessage> ChangePasswordAsync(string password, string chosen) =>
        anna.Browser.SubmitAsync("/account", "/account/password", ("password", password), ("chosen", chosen), ("again", chosen));
}
