using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Somebody signs in at the organization's identity provider, in a real browser: what its cookies and the pages' policies allow.</summary>
public sealed class OrganizationSignInTests(Chromium chromium)
{
    [Fact]
    public async Task A_technician_signs_in_at_the_provider_and_starts_a_session_and_who_has_no_role_is_told_so()
    {
        var issuer = new Uri($"http://localhost:{LoopbackPort.Take()}"); // another site than 127.0.0.1, as a provider is
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["OpenIdConnect__Authority"] = issuer.ToString(),
            ["OpenIdConnect__ClientId"] = OpenIdProvider.ClientId,
            ["OpenIdConnect__ClientSecret"] = OpenIdProvider.ClientSecret,
            ["OpenIdConnect__Name"] = "Example ID",
            ["OpenIdConnect__Roles__technician__0"] = "support",
        });
        await using var provider = await OpenIdProvider.StartAsync(new(server.Url, "/sign-in/organization/callback"), issuer);

        var page = await EnterAsync(server, """{ "sub": "1", "preferred_username": "olaf", "name": "Olaf Organization", "groups": ["support"], "amr": ["mfa"] }""");
        await page.GetByLabel("I accept that I am recorded too").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
        await page.WaitForURLAsync("**/sessions/*");
        await page.GetByRole(AriaRole.Link, new() { Name = "olaf" }).ClickAsync();
        await page.GetByText("your organization's sign-in").First.WaitForAsync();
        await Chromium.ShowAsync(page, "organization-account");
        await page.Context.CloseAsync();

        // The provider asked for no second factor: this server does.
        var single = await EnterAsync(server, """{ "sub": "3", "preferred_username": "petra", "name": "Petra Password", "groups": ["support"], "amr": ["pwd"] }""");
        await single.Locator("#qr svg").WaitForAsync();
        await MemberDevice.ShowAsync(single, "organization-own-factor");
        var secret = await single.Locator("#totp-secret").InnerTextAsync();
        await single.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await single.GetByRole(AriaRole.Button, new() { Name = "Use this authenticator and sign in" }).ClickAsync();
        await single.Locator("#recovery-codes").WaitForAsync();
        await single.GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await single.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await single.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example ID" }).ClickAsync(); // known there, and not asked again
        await single.GetByText("Without it: one of your recovery codes.").WaitForAsync();
        await MemberDevice.ShowAsync(single, "organization-own-code");
        await single.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System, stepsAhead: 1));
        await single.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await single.GetByRole(AriaRole.Link, new() { Name = "petra" }).WaitForAsync();
        await single.Context.CloseAsync();

        var stranger = await EnterAsync(server, """{ "sub": "2", "preferred_username": "sven", "name": "Sven Stranger", "groups": ["sales"], "amr": ["mfa"] }""");
        await stranger.GetByText("Your account has no role here").WaitForAsync();
        await Chromium.ShowAsync(stranger, "organization-refused");
        await stranger.Context.CloseAsync();
    }

    private async Task<IPage> EnterAsync(AdminServer server, string person)
    {
        var page = await chromium.NewDeviceAsync();
        await page.GoAsync(server.Url, "/sign-in");
        await Chromium.ShowAsync(page, "organization-sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Example ID" }).ClickAsync();
        await page.FillAsync("input[name=person]", person);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync($"{server.Url}**");
        return page;
    }
}
