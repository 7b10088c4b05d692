using System.Net;
using System.Text.RegularExpressions;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Somebody whom an admin invites: opens the one-time link, sets up the account, signs in.</summary>
internal sealed partial class Member(Server server, string userName) : IDisposable
{
    public const string Password = "four words in a row";

    public Browser Browser { get; private set; } = new(server);
    public string UserName => userName;
    public string Secret { get; private set; } = "";
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    /// <summary>The id of the account's row.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Invited by the admin, set up and signed in.</summary>
    public static async Task<Member> JoinAsync(Server server, Browser admin, string userName, params string[] roles)
    {
        var member = new Member(server, userName);
        var link = await InviteAsync(admin, userName, roles);
        using (var setUp = await member.SetUpAsync(link)) { Assert.Equal(HttpStatusCode.OK, setUp.StatusCode); }
        await member.FindAsync();
        using var signedIn = await member.EnterAsync(Password, member.Code(stepsAhead: 1));
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        return member;
    }

    public async Task FindAsync() => Id = await server.InAccountsAsync(accounts => Task.FromResult(accounts.Users.Single(account => account.UserName == userName).Id));

    /// <summary>The path of the one-time link.</summary>
    public static async Task<string> InviteAsync(Browser admin, string userName, params string[] roles)
    {
        using var invited = await admin.SubmitAsync("/people", "/people", [("displayName", $"{userName} Example"), ("userName", userName), .. roles.Select(role => ("roles", role))]);
        Assert.Equal(HttpStatusCode.OK, invited.StatusCode);
        return LinkOf(await invited.Content.ReadAsStringAsync());
    }

    public static string LinkOf(string page) => LinkPattern().Match(page).Groups["found"].Value;

    /// <summary>Fills in the page of the one-time link.</summary>
    public async Task<HttpResponseMessage> SetUpAsync(string path, string password = Password, string? code = null)
    {
        var page = await Browser.ReadAsync(path);
        Secret = SecretPattern().Match(page).Groups["found"].Value;
        var answer = await Browser.SubmitAsync(path, path, await FormAsync(path, password, code));
        RecoveryCodes = [.. CodePattern().Matches(await answer.Content.ReadAsStringAsync()).Select(match => match.Groups["found"].Value)];
        return answer;
    }

    /// <summary>What the page sends; the secret is of the page as it is shown now.</summary>
    public async Task<(string Name, string Value)[]> FormAsync(string path, string password, string? code = null)
    {
        var page = await Browser.ReadAsync(path);
        Secret = SecretPattern().Match(page).Groups["found"].Value;
        return
        [
            ("secret", HiddenPattern().Match(page).Groups["found"].Value), ("displayName", $"{userName} Example"),
            ("password", password), ("passwordAgain", password), ("code", code ?? Code()),
        ];
    }

    /// <summary>The authenticator's secret that a page shows, and as its form sends it back.</summary>
    public static (string Readable, string Hidden) SecretOf(string page) => (SecretPattern().Match(page).Groups["found"].Value, HiddenPattern().Match(page).Groups["found"].Value);

    /// <summary>The other sign-ins that the page of an account lists.</summary>
    public static IReadOnlyList<string> OtherSessionsOf(string page) => [.. SessionPattern().Matches(page).Select(match => match.Groups["found"].Value)];

    public Task<HttpResponseMessage> EnterAsync(string password, string code) => EnterAsync(Browser, password, code);

    /// <summary>Tries to sign in with this account in any browser.</summary>
    public Task<HttpResponseMessage> EnterAsync(Browser browser, string password, string code) =>
        browser.SubmitAsync("/sign-in", "/sign-in", ("userName", userName), ("password", password), ("code", code));

    public string Code(int stepsAhead = 0) => TestServers.Totp.CodeOf(Secret, server.Clock, stepsAhead);

    /// <summary>Signs in on a browser that the account has not been seen on.</summary>
    public async Task<Browser> OnAnotherBrowserAsync()
    {
        var other = new Browser(server);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        using var answer = await EnterAsync(other, Password, Code());
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return other;
    }

    /// <summary>Whether this browser is signed in.</summary>
    public async Task<bool> IsInAsync() => await IsInAsync(Browser);

    public static async Task<bool> IsInAsync(Browser browser)
    {
        using var answer = await browser.GetAsync("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose() => Browser.Dispose();

    [GeneratedRegex(@"http://[^/]+(?<found>/welcome/[\w-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LinkPattern();

    [GeneratedRegex("id=\"totp-secret\"[^>]*>(?<found>[^<]+)<", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretPattern();

    [GeneratedRegex("name=\"secret\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HiddenPattern();

    [GeneratedRegex("name=\"session\" value=\"(?<found>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SessionPattern();

    [GeneratedRegex("<code>(?<found>[0-9A-Z]{5}-[0-9A-Z]{5})</code>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodePattern();
}
