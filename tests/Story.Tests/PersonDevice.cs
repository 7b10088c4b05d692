using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The recorded person's browser, on a phone: enters the code, reads, allows, stays.</summary>
internal sealed class PersonDevice(IPage page, AdminServer server)
{
    public IPage Page => page;

    public async Task JoinAsync(string code)
    {
        await page.GotoAsync(new Uri(server.Url, "/join").ToString());
        await Chromium.ShowAsync(page, "join-phone");
        await page.FillAsync("input[name=code]", code);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/consent");
        await Chromium.ShowAsync(page, "consent-phone");
    }

    public async Task AllowAsync()
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await page.WaitForURLAsync("**/live");
    }

    public Task PressAsync(string button) => page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();
}
