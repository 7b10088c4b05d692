using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Somebody of the organization whom the first admin invites: sets up the account and signs in.</summary>
internal sealed class MemberDevice(IPage page, AdminServer server)
{
    private const string Password = "four words in a row";

    public IPage Page => page;

    /// <param name="role">The one role that the account gets.</param>
    public static async Task<MemberDevice> JoinAsync(Chromium chromium, TechnicianDevice admin, AdminServer server, string userName, string displayName, string role)
    {
        await admin.GoAsync("/people");
        await admin.Page.FillAsync("#displayName", displayName);
        await admin.Page.FillAsync("#userName", userName);
        foreach (var box in await admin.Page.Locator("input[name=roles]").AllAsync()) { await box.SetCheckedAsync(await box.GetAttributeAsync("value") == role); }
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Make the invitation" }).ClickAsync();
        var link = await admin.Page.Locator("#link").InnerTextAsync();

        var page = await chromium.NewDeviceAsync();
        await page.GotoAsync(link);
        var secret = await page.Locator("#totp-secret").InnerTextAsync();
        await page.FillAsync("#password", Password);
        await page.FillAsync("#passwordAgain", Password);
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        var code = (await page.Locator("#recovery-codes li").First.InnerTextAsync()).Trim();
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on to sign in" }).ClickAsync();
        await page.FillAsync("#userName", userName);
        await page.FillAsync("#password", Password);
        await page.FillAsync("#code", code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.Locator("a.account").WaitForAsync();
        return new(page, server);
    }

    public Task<IResponse?> GoAsync(string path) => page.GoAsync(server.Url, path);

    public Task PressAsync(string button) => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

    /// <summary>Shows the page on a desktop and on a phone.</summary>
    public Task ShowAsync(string name) => ShowAsync(page, name);

    public static async Task ShowAsync(IPage page, string name)
    {
        var was = page.ViewportSize!;
        await page.SetViewportSizeAsync(390, 844);
        await Chromium.ShowAtBothWidthsAsync(page, name);
        await page.SetViewportSizeAsync(was.Width, was.Height);
    }
}
