using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A passkey in a real browser: added on the account's page, then all that signing in needs; and one that verifies nobody is of no use.</summary>
public sealed class PasskeySignInTests(Chromium chromium)
{
    private const string Password = "correct horse battery staple";

    [Fact]
    public async Task A_technician_adds_a_passkey_and_signs_in_with_nothing_else()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "100" });
        var page = await chromium.NewDeviceAsync();
        var (device, authenticator) = await PlugInAsync(page);
        string At(string path) => new UriBuilder(new Uri(server.Url, path)) { Host = "localhost" }.Uri.ToString(); // passkeys are for names, not for numbers
        var link = await server.SetupLinkAsync();
        await page.GotoAsync(At(link.AbsolutePath));
        var secret = await page.Locator("#totp-secret").InnerTextAsync();
        foreach (var (field, text) in new[] { ("#displayName", "Tina Technician"), ("#userName", "tina"), ("#password", Password), ("#passwordAgain", Password) }) { await page.FillAsync(field, text); }
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.Locator("#recovery-codes").WaitForAsync();
        await page.GotoAsync(At("/sign-in?returnUrl=%2Faccount"));
        await page.FillAsync("#userName", "tina");
        await page.FillAsync("#password", Password);
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System, stepsAhead: 1));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();

        await page.FillAsync("#passkey-name", "My laptop");
        await page.FillAsync("#passkey-password", Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByText("My laptop").ClickAsync();
        await ShowBothAsync(page, "passkey-account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/sign-in");
        await ShowBothAsync(page, "passkey-sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.WaitForURLAsync(At("/"));
        await page.GotoAsync(At("/account"));
        await page.GetByText("with a passkey").WaitForAsync();

        // Where the factor is asked for once more, the passkey is enough, and leads on to where it was needed.
        await page.GotoAsync(At("/account/confirm?returnUrl=%2Frights"));
        await ShowBothAsync(page, "passkey-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await page.WaitForURLAsync(At("/rights"));
        await page.GotoAsync(At("/account/confirm"));
        await device.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = authenticator, ["isUserVerified"] = false });
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await page.GetByText("No passkey was used.").WaitForAsync();
        await device.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = authenticator, ["isUserVerified"] = true });

        // A device on which nobody proves to be its owner.
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await device.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = authenticator, ["isUserVerified"] = false });
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.GetByText("No passkey was used.").WaitForAsync();
        await ShowBothAsync(page, "passkey-refused");
        await page.Context.CloseAsync();
    }

    /// <summary>An authenticator of the browser's own, with its keys in memory.</summary>
    private static async Task<(ICDPSession Device, string Authenticator)> PlugInAsync(IPage page)
    {
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        var added = await device.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return (device, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private static async Task ShowBothAsync(IPage page, string name)
    {
        foreach (var (width, height, device) in new[] { (390, 844, "phone"), (1280, 800, "desktop") })
        {
            await page.SetViewportSizeAsync(width, height);
            await Chromium.ShowAsync(page, $"{name}-{device}");
        }
    }
}
