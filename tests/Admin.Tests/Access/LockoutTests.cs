using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Guessing: it is stopped, it tells nothing, and it locks nobody out of their own browser.</summary>
[Trait("Catalogue", "both")]
public sealed class LockoutTests : IAsyncLifetime
{
    private readonly CountingHasher hasher = new();
    private Server server = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        server.Adapt = services => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<Account>>(hasher));
        await server.StartAgainAsync();
        tina = await Technician.SignInAsync(server);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Five_failures_lock_the_account_for_a_stranger_who_then_has_the_right_password_and_code()
    {
        using var stranger = new Browser(server);
        for (var i = 0; i < Tries.Limit; i++) { await GuessAsync(stranger); }
        Assert.Equal(HttpStatusCode.Unauthorized, await EnterAsync(stranger));
        server.Clock.Advance(Tries.Lockout + TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Redirect, await EnterAsync(stranger));
    }

    [Fact]
    public async Task Whoever_locks_the_only_admin_out_again_and_again_does_not_keep_them_from_their_own_browser()
    {
        using var stranger = new Browser(server);
        for (var hour = 0; hour < 4; hour++)
        {
            for (var i = 0; i < Tries.Limit + 1; i++) { await GuessAsync(stranger); }
            using var entered = await tina.EnterAsync(Technician.Password, tina.Code());
            Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
            server.Clock.Advance(Tries.Lockout);
        }
    }

    [Fact]
    public async Task A_known_browser_has_five_tries_too()
    {
        for (var i = 0; i < Tries.Limit; i++) { await GuessAsync(tina.Browser); }
        using var right = await tina.EnterAsync(Technician.Password, tina.Code());
        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task A_device_cookie_that_somebody_made_up_gives_no_tries_of_its_own()
    {
        using var stranger = new Browser(server);
        for (var i = 0; i < Tries.Limit; i++) { await GuessAsync(stranger); }
        stranger.Cookies.Add(server.Url, new Cookie("device", Convert.ToBase64String(Guid.NewGuid().ToByteArray())));
        Assert.Equal(HttpStatusCode.Unauthorized, await EnterAsync(stranger));
    }

    [Fact]
    public async Task Fifty_guesses_at_once_are_no_more_than_five()
    {
        using var stranger = new Browser(server);
        var token = await stranger.TokenAsync("/sign-in");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var answer = await stranger.PostAsync("/sign-in", token, ("userName", Technician.UserName), ("password", Technician.Password), ("code", $"{i:D6}"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }));
        var rows = await server.AccountAuditAsync();
        Assert.Equal(Tries.Limit, rows.Count(row => row.EndsWith("wrong password or code", StringComparison.Ordinal)));
        Assert.Equal(50 - Tries.Limit, rows.Count(row => row.EndsWith("locked out", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Whether_there_is_such_an_account_shows_neither_in_the_answer_nor_in_the_work()
    {
        await Member.InviteAsync(tina.Browser, "invited", Roles.Technician);
        using var gone = await Member.JoinAsync(server, tina.Browser, "gone", Roles.Technician);
        using (await tina.Browser.SubmitAsync($"/people/{gone.Id}", $"/people/{gone.Id}/disable")) { }
        using var locked = await Member.JoinAsync(server, tina.Browser, "locked", Roles.Technician);
        using (var stranger = new Browser(server)) { for (var i = 0; i < Tries.Limit; i++) { using var _ = await locked.EnterAsync(stranger, "x", "000000"); } }

        var bodies = new List<string>();
        foreach (var name in (string[])["nobody", "invited", "gone", "locked", Technician.UserName, "", new string('x', 5000)])
        {
            using var browser = new Browser(server);
            var before = hasher.Verified;
            var password = name == "gone" ? Member.Password : "not the password";
            using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("userName", name), ("password", password), ("code", "000000"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal(1, hasher.Verified - before);
            var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            bodies.Add(System.Text.RegularExpressions.Regex.Replace(text, "value=\"[^\"]*\"", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        }

        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Names_that_strangers_type_are_not_written_down()
    {
        using var stranger = new Browser(server);
        using (await stranger.SubmitAsync("/sign-in", "/sign-in", ("userName", "my-password-by-mistake"), ("password", "x"), ("code", "0"))) { }
        var rows = await server.AccountAuditAsync();
        Assert.Contains("stranger account.sign-in refused no such account", rows);
        Assert.DoesNotContain(rows, row => row.Contains("by-mistake", StringComparison.Ordinal));
    }

    private async Task GuessAsync(Browser browser)
    {
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("userName", Technician.UserName), ("password", "not the password"), ("code", "000000"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private async Task<HttpStatusCode> EnterAsync(Browser browser)
    {
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("userName", Technician.UserName), ("password", Technician.Password), ("code", tina.Code()));
        return answer.StatusCode;
    }

    /// <summary>The real one; it counts how many passwords were compared, which is what takes the time.</summary>
    private sealed class CountingHasher : IPasswordHasher<Account>
    {
        private readonly PasswordHasher<Account> real = new();
        private int verified;

        public int Verified => Volatile.Read(ref verified);
        public string HashPassword(Account user, string password) => real.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref verified);
            return real.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
