using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>An admin invites a technician, who sets up the account on a phone, signs in and starts a session; then the admin takes the account away.</summary>
public sealed class InvitationTests(Chromium chromium)
{
    private const string Password = "four words in a row";

    [Fact]
    public async Task An_invited_technician_starts_a_session_until_the_admin_disables_the_account()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "100" });
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await admin.SetUpAsync();
        await admin.GoByMenuAsync("People");
        await ShowBothAsync(admin.Page, "people");
        await admin.Page.FillAsync("#displayName", "Ines Invited");
        await admin.Page.FillAsync("#userName", "ines");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make the invitation" }).ClickAsync();
        var link = await admin.Page.Locator("#link").InnerTextAsync();
        await ShowBothAsync(admin.Page, "invitation-link");

        // The technician, on a phone.
        var page = await chromium.NewDeviceAsync(390, 844);
        await page.GotoAsync(link);
        var secret = await page.Locator("#totp-secret").InnerTextAsync();
        await page.FillAsync("#password", Password);
        await page.FillAsync("#passwordAgain", Password);
        await ShowBothAsync(page, "welcome");
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.Locator("#recovery-codes li").First.WaitForAsync();
        var codes = await page.Locator("#recovery-codes li").AllInnerTextsAsync();
        await ShowBothAsync(page, "welcome-codes");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download as a file" }).ClickAsync());
        var file = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.All(codes, code => Assert.Contains(code.Trim(), file, StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on to sign in" }).ClickAsync();
        await page.FillAsync("#userName", "ines");
        await page.FillAsync("#password", Password);
        await page.FillAsync("#code", codes[0].Trim());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByLabel("I accept that I am recorded too").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
        await page.WaitForURLAsync("**/sessions/*");
        Assert.Equal(9, (await page.Locator("#code").InnerTextAsync()).Length);
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = "People" }).CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "ines" }).ClickAsync();
        await page.GetByText("9 of 10 codes are left").WaitForAsync();
        await ShowBothAsync(page, "account");
        await page.GetByRole(AriaRole.Link, new() { Name = "Use another one" }).ClickAsync();
        await ShowBothAsync(page, "authenticator");
        var refused = await page.GoAsync(server.Url, "/people");
        Assert.Equal(403, refused!.Status);
        await ShowBothAsync(page, "refused");

        // A team, and the person's page.
        await admin.GoByMenuAsync("Teams");
        await admin.Page.FillAsync("#name", "Second line");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make the team" }).ClickAsync();
        await admin.Page.SelectOptionAsync("select[name=userName]", "ines");
        await admin.Page.GetByLabel("as lead").CheckAsync();
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Put in" }).ClickAsync();
        await admin.Page.GetByText("Ines Invited", new() { Exact = true }).WaitForAsync();
        await ShowBothAsync(admin.Page, "teams");
        await admin.Page.GoAsync(server.Url, "/people");
        await ShowBothAsync(admin.Page, "people-two");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Ines Invited" }).ClickAsync();
        await ShowBothAsync(admin.Page, "person");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Disable the account" }).ClickAsync();
        await admin.Page.GetByText("Disabled", new() { Exact = true }).WaitForAsync();
        await page.GotoAsync(server.Url.ToString());
        await page.WaitForURLAsync("**/sign-in*");

        await page.Context.CloseAsync();
        await admin.Page.Context.CloseAsync();
    }

    private static async Task ShowBothAsync(IPage page, string name)
    {
        var was = page.ViewportSize!;
        foreach (var (width, height, device) in new[] { (1280, 800, "desktop"), (390, 844, "phone") })
        {
            await page.SetViewportSizeAsync(width, height);
            await Chromium.ShowAsync(page, $"{name}-{device}");
        }

        await page.SetViewportSizeAsync(was.Width, was.Height);
    }
}
