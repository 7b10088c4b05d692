using System.Net;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>By which names the server is called, what its links begin with, and whom it believes where a request comes from.</summary>
public sealed class PublicAddressTests
{
    private const string Public = "https://record.example.org";

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("203.0.113.7")]
    [InlineData("[2001:db8::1]")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    public async Task A_name_that_somebody_made_up_is_refused(string host)
    {
        await using var server = await Server.StartAsync();
        foreach (var configured in new[] { "", Public })
        {
            server.Configure("Server:PublicAddress", configured);
            await server.StartAgainAsync();
            using var answer = await CallAsync(server, "/join", host);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
            Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"));
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:99")]
    public async Task Without_a_configured_address_the_machines_own_names_are_taken(string host)
    {
        await using var server = await Server.StartAsync();
        using var answer = await CallAsync(server, "/join", host);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Every_link_begins_with_the_configured_address_whatever_the_request_says()
    {
        const string Here = "http://localhost:4711";
        await using var server = await Server.StartAsync(("Server:PublicAddress", Here));
        Assert.Contains($"{Here}/setup/", server.Console, StringComparison.Ordinal);
        using var technician = await Technician.SignInAsync(server);
        using var invited = await technician.Browser.SubmitAsync("/people", "/people", ("displayName", "Ines"), ("userName", "ines"), ("roles", Roles.Technician));
        Assert.Contains($"{Here}/welcome/", await invited.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var (session, code) = await technician.StartSessionAsync();
        Assert.Contains($"{Here}/join", await technician.Browser.ReadAsync($"/sessions/{session}"), StringComparison.Ordinal);
        using var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        using var receipt = await person.Browser.GetAsync("/consent/receipt");
        Assert.Contains($"\"{Here}/receipts/", await receipt.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_an_https_address_cookies_are_for_https_only_and_browsers_are_told_to_stay_there()
    {
        await using var server = await Server.StartAsync(("Server:PublicAddress", Public));
        using var answer = await CallAsync(server, "/join", "record.example.org");
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie =>
        {
            foreach (var word in (string[])["secure", "samesite=strict", "httponly"]) { Assert.Contains(word, cookie, StringComparison.OrdinalIgnoreCase); }
        });
    }

    [Fact]
    public async Task A_stranger_who_says_that_he_is_a_proxy_is_not_believed()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "3"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await CallAsync(server, "/welcome/x", "localhost", ("X-Forwarded-For", $"203.0.113.{i}"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", $"for=203.0.113.{i}"));
            answers.Add(answer.StatusCode);
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    [Fact]
    public async Task A_trusted_proxy_says_where_a_request_comes_from_and_how_and_what_came_with_it_before_does_not_count()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "3"), ("Server:TrustedProxies:0", "127.0.0.0/8"));
        async Task<HttpStatusCode> FromAsync(string forwarded)
        {
            using var answer = await CallAsync(server, "/welcome/x", "localhost", ("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "https"));
            Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
            return answer.StatusCode;
        }

        for (var i = 0; i < 5; i++) { Assert.Equal(HttpStatusCode.NotFound, await FromAsync($"203.0.113.{i}")); }
        for (var i = 0; i < 3; i++) { Assert.Equal(HttpStatusCode.NotFound, await FromAsync($"192.0.2.{i}, 198.51.100.7")); } // the first address is what the stranger wrote
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync("192.0.2.99, 198.51.100.7"));
    }

    [Theory]
    [InlineData("Server:PublicAddress", "http://record.example.org", "must be an https address")]
    [InlineData("Server:PublicAddress", "https://record.example.org/path", "must be an https address")]
    [InlineData("Server:PublicAddress", "record.example.org", "must be an https address")]
    [InlineData("Server:TrustedProxies:0", "proxy.local", "neither an address")]
    public async Task A_wrong_setting_stops_the_start_in_words(string key, string value, string words)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync((key, value)));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_of_the_framework_that_believes_everybody_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Server.StartAsync(("ForwardedHeaders_Enabled", "true")));
        Assert.Contains("Server:TrustedProxies", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::")]
    public void Tries_are_counted_for_what_one_party_has(string address, string counted) => Assert.Equal(counted, GuessingLimits.AddressOf(IPAddress.Parse(address)));

    private static async Task<HttpResponseMessage> CallAsync(Server server, string path, string host, params (string Name, string Value)[] headers)
    {
        using var browser = new Browser(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        foreach (var (name, value) in headers) { request.Headers.TryAddWithoutValidation(name, value); }
        return await browser.SendAsync(request, "text/html");
    }
}
