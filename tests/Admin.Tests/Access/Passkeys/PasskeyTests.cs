using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Access.Passkeys;

namespace SecureRecorder.Admin.Tests.Access.Passkeys;

/// <summary>Passkeys are added with the password, sign in without it, and are believed only for what they signed, here, now, once.</summary>
[Trait("Catalogue", "both")]
public sealed class PasskeyTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician tina = null!;
    private Member ines = null!;
    private SoftPasskey passkey = null!;

    private string Origin => server.Url.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        tina = await Technician.SignInAsync(server);
        ines = await Member.JoinAsync(server, tina.Browser, "ines", Roles.Technician);
        passkey = new() { Origin = Origin };
    }

    public async ValueTask DisposeAsync()
    {
        passkey.Dispose();
        ines.Dispose();
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_passkey_signs_in_without_name_password_and_code()
    {
        await AddAsync();
        Assert.Contains("My laptop", await ines.Browser.ReadAsync("/account"), StringComparison.Ordinal);
        using var other = new Browser(server);
        using (var entered = await EnterAsync(other)) { Assert.Equal("/", entered.Headers.Location?.ToString()); }
        Assert.Contains("with a passkey", await other.ReadAsync("/account"), StringComparison.Ordinal);
        using (var again = new Browser(server)) { using var entered = await EnterAsync(again); Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode); }
        Assert.Equal(
            ["ines account.passkey-added allowed ", "ines account.sign-in allowed passkey: My laptop", "ines account.sign-in allowed passkey: My laptop"],
            (await server.AccountAuditAsync()).Where(row => row.Contains("passkey", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_new_passkey_signs_other_browsers_out_and_needs_the_password()
    {
        using var other = await ines.OnAnotherBrowserAsync();
        using (var refused = await AddAsync(ines.Browser, passkey, password: "not the password")) { Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode); }
        Assert.Equal(0, await CountAsync());
        Assert.True(await Member.IsInAsync(other));
        await AddAsync();
        Assert.False(await Member.IsInAsync(other));
        Assert.True(await ines.IsInAsync());
    }

    [Fact]
    public async Task It_is_renamed_and_removed_and_then_signs_nobody_in()
    {
        await AddAsync();
        var id = Regex.Match(await ines.Browser.ReadAsync("/account"), "name=\"passkey\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["found"].Value;
        using (await ines.Browser.SubmitAsync("/account", "/account/passkeys/name", ("passkey", id), ("name", "The old one"))) { }
        Assert.Contains("The old one", await ines.Browser.ReadAsync("/account"), StringComparison.Ordinal);
        using (await tina.Browser.SubmitAsync("/account", "/account/passkeys/remove", ("passkey", id), ("password", Technician.Password))) { } // somebody else's
        using (await ines.Browser.SubmitAsync("/account", "/account/passkeys/remove", ("passkey", id), ("password", "not the password"))) { }
        Assert.Equal(1, await CountAsync());
        using (await ines.Browser.SubmitAsync("/account", "/account/passkeys/remove", ("passkey", id), ("password", Member.Password))) { }
        Assert.Equal(0, await CountAsync());
        await RequireRefusedAsync();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("null")]
    [InlineData("")]
    public async Task What_was_signed_for_another_page_is_refused(string origin)
    {
        using (var elsewhere = new SoftPasskey { Origin = origin })
        {
            using var refused = await AddAsync(ines.Browser, elsewhere);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        await AddAsync();
        passkey.Origin = origin;
        await RequireRefusedAsync();
    }

    [Fact]
    public async Task An_answer_counts_once_and_only_for_its_own_question()
    {
        await AddAsync();
        using var browser = new Browser(server);
        var options = await AskAsync(browser, "/api/passkeys/sign-in");
        var (token, answer) = (await browser.TokenAsync("/sign-in"), passkey.Get(options));
        var question = browser.Cookies.GetCookies(server.Url)[PasskeyChallenges.CookieName]!.Value;
        using (var entered = await browser.PostAsync("/sign-in/passkey", token, ("credential", answer))) { Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode); }

        // The same question and the same answer once more, and the old answer to a new question.
        using var thief = new Browser(server);
        thief.Cookies.Add(server.Url, new Cookie(PasskeyChallenges.CookieName, question));
        using (var replayed = await thief.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", answer))) { Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode); }
        await AskAsync(thief, "/api/passkeys/sign-in");
        using (var replayed = await thief.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", answer))) { Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode); }
        Assert.False(await Member.IsInAsync(thief));
        Assert.Contains("stranger account.sign-in refused passkey: nothing was asked, or it was answered already", await server.AccountAuditAsync());
    }

    [Fact]
    public async Task A_question_is_over_after_some_minutes()
    {
        await AddAsync();
        using var browser = new Browser(server);
        var answer = passkey.Get(await AskAsync(browser, "/api/passkeys/sign-in"));
        server.Clock.Advance(PasskeyChallenges.Validity);
        using var late = await browser.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", answer));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
    }

    [Theory]
    [InlineData(1U)]
    [InlineData(7U)]
    public async Task A_counter_that_does_not_go_on_is_a_copy(uint counter)
    {
        passkey.Counter = 7;
        await AddAsync();
        (passkey.Counter, passkey.Counts) = (counter, false);
        await RequireRefusedAsync();
    }

    [Fact]
    public async Task A_device_that_verified_nobody_is_refused()
    {
        using (var weak = new SoftPasskey { Origin = Origin, Verifies = false })
        {
            using var refused = await AddAsync(ines.Browser, weak);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        await AddAsync();
        passkey.Verifies = false;
        await RequireRefusedAsync();
    }

    [Fact]
    public async Task One_accounts_passkey_opens_no_other_account()
    {
        await AddAsync();
        using var mallory = await Member.JoinAsync(server, tina.Browser, "mallory", Roles.Technician);
        using var hers = new SoftPasskey { Origin = Origin };
        using (await AddAsync(mallory.Browser, hers)) { }

        // Her key with the name of the other account; the other's id with her key; the other's id once more as her own.
        var own = hers.User;
        hers.User = passkey.User;
        await RequireRefusedAsync(hers);
        hers.User = own;
        using (var forged = new SoftPasskey { Origin = Origin, Id = passkey.Id, User = passkey.User, Counter = 99 }) { await RequireRefusedAsync(forged); }
        using (var twin = new SoftPasskey { Origin = Origin, Id = passkey.Id })
        {
            using var refused = await AddAsync(mallory.Browser, twin);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        // What one account was asked, another does not answer.
        var options = await AskAsync(ines.Browser, "/api/passkeys/new");
        var question = ines.Browser.Cookies.GetCookies(server.Url)[PasskeyChallenges.CookieName]!.Value;
        mallory.Browser.Cookies.Add(server.Url, new Cookie(PasskeyChallenges.CookieName, question));
        using var third = new SoftPasskey { Origin = Origin };
        using var stolen = await mallory.Browser.SubmitAsync("/account", "/account/passkeys", ("name", "x"), ("password", Member.Password), ("credential", third.Create(options)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stolen.StatusCode);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("reset")]
    public async Task It_opens_no_account_that_was_taken_away(string how)
    {
        await AddAsync();
        using (await tina.Browser.SubmitAsync($"/people/{ines.Id}", $"/people/{ines.Id}/{how}")) { }
        await RequireRefusedAsync();
        Assert.Equal(how == "reset" ? 0 : 1, await CountAsync());
    }

    [Fact]
    public async Task Strangers_who_lock_the_account_do_not_lock_its_passkey()
    {
        await AddAsync();
        using var stranger = new Browser(server);
        for (var i = 0; i < 6; i++) { using (await ines.EnterAsync(stranger, "wrong", "000000")) { } }
        using var browser = new Browser(server);
        using var entered = await EnterAsync(browser);
        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"id\":1}")]
    [InlineData("{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"AA\",\"authenticatorData\":\"AA\",\"signature\":\"AA\",\"attestationObject\":\"AA\"},\"clientExtensionResults\":{}}")]
    public async Task What_is_no_answer_is_refused_in_words(string credential)
    {
        using var browser = new Browser(server);
        await AskAsync(browser, "/api/passkeys/sign-in");
        using (var refused = await browser.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", credential))) { Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode); }
        await AskAsync(ines.Browser, "/api/passkeys/new");
        using var added = await ines.Browser.SubmitAsync("/account", "/account/passkeys", ("name", "x"), ("password", Member.Password), ("credential", credential));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, added.StatusCode);
    }

    private async Task AddAsync()
    {
        using var added = await AddAsync(ines.Browser, passkey);
        Assert.True(added.Headers.Location?.ToString() == "/account?saved", await added.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> AddAsync(Browser browser, SoftPasskey passkey, string password = Member.Password)
    {
        var credential = passkey.Create(await AskAsync(browser, "/api/passkeys/new"));
        return await browser.SubmitAsync("/account", "/account/passkeys", ("name", "My laptop"), ("password", password), ("credential", credential));
    }

    private Task<HttpResponseMessage> EnterAsync(Browser browser) => EnterAsync(browser, passkey);

    private static async Task<HttpResponseMessage> EnterAsync(Browser browser, SoftPasskey passkey)
    {
        var answer = passkey.Get(await AskAsync(browser, "/api/passkeys/sign-in"));
        return await browser.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", answer));
    }

    private async Task RequireRefusedAsync(SoftPasskey? with = null)
    {
        using var browser = new Browser(server);
        var tried = with ?? passkey;
        var answer = tried.Get(await AskAsync(browser, "/api/passkeys/sign-in"));
        using var refused = await browser.SubmitAsync("/sign-in", "/sign-in/passkey", ("credential", answer));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(await Member.IsInAsync(browser));
    }

    private static async Task<string> AskAsync(Browser browser, string path)
    {
        using var answer = await browser.ScriptAsync(HttpMethod.Post, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<int> CountAsync() => server.InAccountsAsync(accounts => accounts.UserPasskeys.CountAsync());
}
