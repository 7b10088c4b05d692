using Microsoft.Playwright;
using SecureRecorder.TestServers;
using Xunit;

namespace SecureRecorder.Story.Tests;

/// <summary>The recorded person's browser, on a phone: enters the code, reads, allows, stays.</summary>
/// <param name="byKeyboard">Whether the person uses nothing but the keyboard.</param>
internal sealed class PersonDevice(IPage page, AdminServer server, bool byKeyboard = false)
{
    /// <summary>What a keyboard's user hears of what has the focus: its label, or its own words.</summary>
    private const string FocusedName = "() => (document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent?.trim() ?? ''";

    private const int MostPresses = 40;

    public IPage Page => page;

    public async Task JoinAsync(string code)
    {
        await page.GoAsync(server.Url, "/join");
        await Chromium.ShowAtBothWidthsAsync(page, "join");
        if (byKeyboard)
        {
            await TabToAsync("Code");
            await page.Keyboard.TypeAsync(code);
        }
        else { await page.FillAsync("input[name=code]", code); }

        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/consent");
        await Chromium.ShowAtBothWidthsAsync(page, "consent");
    }

    public async Task AllowAsync()
    {
        await PressAsync("Allow");
        await page.WaitForURLAsync("**/live");
    }

    public async Task PressAsync(string button)
    {
        if (!byKeyboard)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = button }).First.ClickAsync();
            return;
        }

        await TabToAsync(button);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Presses the tabulator until what has this name has the focus.</summary>
    public async Task TabToAsync(string name)
    {
        for (var presses = 0; await page.EvaluateAsync<string>(FocusedName) != name; presses++)
        {
            Assert.True(presses < MostPresses, $"'{name}' cannot be reached with the keyboard.");
            await page.Keyboard.PressAsync("Tab");
        }
    }
}
