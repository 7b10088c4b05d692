using System.Buffers.Text;
using System.Net;
using System.Text;
using SecureRecorder.Admin.Live;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>What is no token of this very door opens it not: forged, of another kind, of another door, of another session, or after its time.</summary>
public sealed class TokenDoorTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Unsigned = $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode("""{"sub":"tina","session":"00000000-0000-7000-8000-000000000000","role":"admin","exp":99999999999}""")}.";

    public static TheoryData<string> Forged => [Unsigned, Unsigned + "AAAA", "", " ", "null", "undefined", "0", "' OR 1=1 --", "%", new string('A', 43), new string('A', 20_000), "ünïcode", "a\tb"];

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task A_made_up_token_opens_no_door(string token)
    {
        foreach (var (path, header, value) in new[]
                 {
                     ("/api/recorder/control", "Authorization", $"Bearer {token}"), ("/api/recorder/control", "Authorization", $"Basic {token}"), ("/api/recorder/control", "Cookie", $"{ParticipantAuthentication.CookieName}={token}"),
                     ("/api/live/chat", "Cookie", $"{ParticipantAuthentication.CookieName}={token}"), ("/api/consent", "Authorization", $"Bearer {token}"),
                     ("/account", "Cookie", $"account={token}"), ("/people", "Authorization", $"Bearer {token}"),
                 })
        {
            Assert.True(await IsClosedAsync(path, header, value), $"{path} with {header}: {value}");
        }
    }

    [Fact]
    public async Task A_token_opens_its_own_door_and_no_other()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(shared.Server, code);
        using var person = await Person.JoinAsync(shared.Server, code);
        var cookie = person.Browser.Cookies.GetCookies(shared.Server.Url)[ParticipantAuthentication.CookieName]!.Value;
        var account = shared.Technician.Browser.Cookies.GetCookies(shared.Server.Url)["account"]!.Value;
        foreach (var (path, header, value) in new[]
                 {
                     ("/api/recorder/control", "Authorization", $"Bearer {cookie}"), ("/api/recorder/control", "Authorization", $"Bearer {account}"),
                     ("/api/live/chat", "Cookie", $"{ParticipantAuthentication.CookieName}={recorder.Joined.Token}"), ("/api/live/chat", "Cookie", $"{ParticipantAuthentication.CookieName}={account}"),
                     ("/account", "Cookie", $"account={recorder.Joined.Token}"), ("/account", "Cookie", $"account={cookie}"), ("/account", "Cookie", $"{ParticipantAuthentication.CookieName}={account}"),
                     ("/api/recorder/control", "Authorization", $"Bearer {recorder.Joined.Token}x"), ("/api/recorder/control", "Authorization", $"Bearer {recorder.Joined.Token[..^1]}"),
                     ("/api/recorder/control", "Authorization", recorder.Joined.Token), ($"/api/recorder/control?access_token={recorder.Joined.Token}", "Accept-Language", "en"),
                 })
        {
            Assert.True(await IsClosedAsync(path, header, value), $"{path} with {header}: {value}");
        }

        Assert.False(await IsClosedAsync("/api/consent", "Cookie", $"{ParticipantAuthentication.CookieName}={cookie}"));
    }

    [Fact]
    public async Task A_persons_cookie_is_over_after_a_day()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        server.Clock.Advance(TimeSpan.FromHours(25));
        using var answer = await person.Browser.ScriptAsync(HttpMethod.Get, "/api/consent");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("https:evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData(" //evil.example")]
    [InlineData("~//evil.example")]
    [InlineData("@evil.example")]
    [InlineData("/\r\nLocation: https://evil.example")]
    public async Task A_sign_in_leads_nowhere_else(string returnUrl)
    {
        await using var server = await Server.StartAsync();
        using var technician = Technician.At(server);
        using (await technician.SetUpAsync(Technician.SetupPath(server))) { }
        using (var page = await technician.Browser.GetAsync($"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}"))
        {
            Assert.DoesNotContain("evil", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var entered = await technician.Browser.SubmitAsync(
            "/sign-in", "/sign-in", ("userName", Technician.UserName), ("password", Technician.Password), ("code", technician.Code(stepsAhead: 1)), ("returnUrl", returnUrl));
        Assert.Equal("/", entered.Headers.Location?.ToString());
    }

    private async Task<bool> IsClosedAsync(string path, string header, string value)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = shared.Server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        request.Headers.Add("X-SecureRecorder", "1");
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.RequestHeaderFieldsTooLarge;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
