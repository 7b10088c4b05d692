using Microsoft.Playwright;

namespace SecureRecorder.Story.Tests;

/// <summary>One side's chat, in its browser.</summary>
internal sealed class ChatSide(IPage page)
{
    public async Task SayAsync(string text)
    {
        await page.FillAsync("#chat-text", text);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => document.getElementById('chat-text').value === ''");
    }

    /// <summary>Waits until the other side's message is there, exactly so.</summary>
    public Task HearsAsync(string text) =>
        page.Locator("#chat-log .chat-message:not(.chat-own) .chat-body").Filter(new() { HasText = text }).First.WaitForAsync();
}
