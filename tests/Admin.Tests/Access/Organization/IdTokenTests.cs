using System.Net;

namespace SecureRecorder.Admin.Tests.Access.Organization;

/// <summary>ID tokens from the attacker's side: each differs in one thing from a token that signs in.</summary>
public sealed class IdTokenTests : IAsyncLifetime
{
    private Server server = null!;
    private ScriptedProvider provider = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await ScriptedProvider.StartAsync();
        server = await Server.StartAsync();
        OrganizationSignInTests.Configure(server, provider.Issuer);
        await server.StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task The_token_as_it_should_be_signs_in_and_the_code_was_asked_for_with_its_verifier()
    {
        Assert.Equal((HttpStatusCode.OK, true), await EnterAsync());
        Assert.InRange(provider.Asked["code_verifier"].Length, 43, 128);
        Assert.Equal("the-code", provider.Asked["code"]);
        Assert.DoesNotContain("client_secret", provider.Asked.Keys);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("stranger")]
    public async Task A_token_that_the_provider_did_not_sign_is_refused(string signing)
    {
        provider.Signing = signing;
        Assert.Equal((HttpStatusCode.Unauthorized, false), await EnterAsync());
    }

    [Theory]
    [InlineData("aud", "another-server")]
    [InlineData("iss", "https://another.example.org")]
    [InlineData("nonce", "another-sign-in")]
    [InlineData("sub", "")]
    [InlineData("aud", null)]
    [InlineData("iss", null)]
    [InlineData("nonce", null)]
    [InlineData("exp", null)]
    [InlineData("sub", null)]
    public async Task A_token_of_something_else_is_refused(string claim, string? value)
    {
        provider.Change = claims => { if (value is null) { claims.Remove(claim); } else { claims[claim] = value; } };
        Assert.Equal((HttpStatusCode.Unauthorized, false), await EnterAsync());
    }

    [Theory]
    [InlineData(-3600, -600)]
    [InlineData(600, 3600)]
    public async Task A_token_of_another_time_is_refused(int from, int until)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        provider.Change = claims => { claims["nbf"] = now + from; claims["exp"] = now + until; };
        Assert.Equal((HttpStatusCode.Unauthorized, false), await EnterAsync());
    }

    [Fact]
    public async Task A_token_for_several_parties_must_have_been_made_for_this_one()
    {
        provider.Change = claims => claims["aud"] = new[] { ScriptedProvider.ClientId, "another" };
        Assert.Equal((HttpStatusCode.Unauthorized, false), await EnterAsync());
        provider.Change += claims => claims["azp"] = "another";
        Assert.Equal((HttpStatusCode.Unauthorized, false), await EnterAsync());
        provider.Change += claims => claims["azp"] = ScriptedProvider.ClientId;
        Assert.Equal((HttpStatusCode.OK, true), await EnterAsync());
    }

    [Fact]
    public async Task An_answer_in_another_issuers_name_or_with_a_changed_state_is_refused()
    {
        using var browser = new Browser(server);
        var callback = await CallbackAsync(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(callback + "&iss=https%3A%2F%2Fanother.example.org")).StatusCode);
        callback = await CallbackAsync(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(callback.Replace("state=", "state=A", StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/sign-in/organization/callback?code=the-code")).StatusCode);
        Assert.False(await Member.IsInAsync(browser));
    }

    [Fact]
    public async Task Whoever_names_another_issuer_than_the_one_that_was_configured_is_not_asked()
    {
        await using var other = await ScriptedProvider.StartAsync(issuerThatItNames: "https://another.example.org");
        OrganizationSignInTests.Configure(server, other.Issuer);
        await server.StartAgainAsync();
        using var browser = new Browser(server);
        using var answer = await browser.GetAsync("/sign-in/organization");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example")]
    public async Task Only_a_path_of_this_server_is_gone_on_to(string next)
    {
        using var browser = new Browser(server);
        using var done = await browser.GetAsync(await CallbackAsync(browser, next));
        Assert.Contains("content=\"0;url=/\"", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_to_be_asked_anew_is_not_believed_by_a_token_that_does_not_say_when()
    {
        using var browser = new Browser(server);
        using (var done = await browser.GetAsync(await CallbackAsync(browser, start: "/sign-in/organization?again=true&returnUrl=%2F"))) { Assert.Contains("/sign-in/organization/second-factor", await done.Content.ReadAsStringAsync(), StringComparison.Ordinal); }
        Assert.False(await Member.IsInAsync(browser));
        provider.Change = claims => claims["auth_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using (await browser.GetAsync(await CallbackAsync(browser, start: "/sign-in/organization?again=true&returnUrl=%2F"))) { }
        Assert.True(await Member.IsInAsync(browser));
    }

    [Theory]
    [InlineData("/sign-in/organization")]
    [InlineData("/sign-in/organization?again=true")]
    public async Task A_time_that_is_too_old_is_refused_however_it_was_asked(string start)
    {
        provider.Change = claims => claims["auth_time"] = TimeProvider.System.GetUtcNow().AddHours(-12).ToUnixTimeSeconds();
        using var browser = new Browser(server);
        using var refused = await browser.GetAsync(await CallbackAsync(browser, start: start));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.False(await Member.IsInAsync(browser));
    }

    private async Task<(HttpStatusCode Status, bool IsIn)> EnterAsync()
    {
        using var browser = new Browser(server);
        using var answer = await browser.GetAsync(await CallbackAsync(browser));
        return (answer.StatusCode, await Member.IsInAsync(browser));
    }

    private static async Task<string> CallbackAsync(Browser browser, string next = "/", string? start = null)
    {
        var asked = (await browser.GetAsync(start ?? $"/sign-in/organization?returnUrl={Uri.EscapeDataString(next)}")).Headers.Location!;
        return (await browser.SendAsync(new(HttpMethod.Get, asked), "text/html")).Headers.Location!.ToString();
    }
}
