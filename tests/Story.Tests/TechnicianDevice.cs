using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The technician's browser: sets up the first account, starts sessions, replays them.</summary>
internal sealed class TechnicianDevice(IPage page, AdminServer server)
{
    private const string Password = "correct horse battery staple";
    private string secret = "";

    public IPage Page => page;

    /// <summary>Follows the one-time link, makes the first account and signs in.</summary>
    public async Task SetUpAsync()
    {
        await page.GotoAsync((await server.SetupLinkAsync()).ToString());
        secret = await page.Locator("#totp-secret").InnerTextAsync();
        await page.FillAsync("#displayName", "Tina Technician");
        await page.FillAsync("#userName", "tina");
        await page.FillAsync("#password", Password);
        await page.FillAsync("#passwordAgain", Password);
        await Chromium.ShowAsync(page, "setup");
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System));
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.Locator("#recovery-codes").WaitForAsync();
        await Chromium.ShowAsync(page, "recovery-codes");
        await SignInAsync();
    }

    public async Task SignInAsync()
    {
        await page.GoAsync(server.Url, "/sign-in");
        await Chromium.ShowAsync(page, "sign-in");
        await page.FillAsync("#userName", "tina");
        await page.FillAsync("#password", Password);

        // A code works once: the one of now was used by the set-up, the next one is accepted a little early.
        await page.FillAsync("#code", Totp.CodeOf(secret, TimeProvider.System, stepsAhead: 1));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(server.Url.ToString());
    }

    /// <summary>Goes where an entry of the menu leads; on a phone the menu is opened first.</summary>
    public async Task GoByMenuAsync(string entry)
    {
        var menu = page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });
        if (page.ViewportSize is { Width: < 768 })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
            await Chromium.ShowAsync(page, $"menu-{entry}");
        }

        await menu.GetByRole(AriaRole.Link, new() { Name = entry, Exact = true }).ClickAsync();
    }

    public async Task MakeSensitiveLabelAsync(string name)
    {
        await GoAsync("/labels");
        await page.FillAsync("#name", name);
        await page.GetByLabel("Sensitive").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the label" }).ClickAsync();
        await page.GetByText(name, new() { Exact = true }).WaitForAsync();
    }

    /// <summary>Starts a session; returns its id and the code to tell.</summary>
    public async Task<(Guid Session, string Code)> StartSessionAsync(string? label = null)
    {
        await GoAsync("/");
        await Chromium.ShowAsync(page, "sessions");
        if (label is not null) { await page.SelectOptionAsync("#new-label", label); }
        await page.GetByLabel("I accept that I am recorded too").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
        await page.WaitForURLAsync("**/sessions/*");
        var id = Guid.Parse(new Uri(page.Url).Segments[^1]);
        var code = await page.Locator("#code").InnerTextAsync();
        await Chromium.ShowAsync(page, "session-code");
        return (id, code);
    }

    /// <summary>Invites one more person; returns their code.</summary>
    public async Task<string> InviteAsync(Guid session, string name)
    {
        await GoAsync($"/sessions/{session}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite one more person" }).ClickAsync();
        return await page.Locator($"#code-{name}").InnerTextAsync();
    }

    /// <summary>Publishes a notice for minors in every language that it has.</summary>
    public async Task AskGuardiansAsync()
    {
        await GoAsync("/notices/draft/en");
        await page.GetByLabel("Minors may be the recorded person").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the draft" }).ClickAsync();
        await Chromium.ShowAsync(page, "notice-for-minors");
        await GoAsync("/notices");
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish version 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish version 3" }).WaitForAsync();
    }

    /// <summary>Opens a page of the server.</summary>
    public Task<IResponse?> GoAsync(string path) => page.GoAsync(server.Url, path);

    /// <summary>States a purpose and opens the player.</summary>
    public async Task OpenReplayAsync(Guid session)
    {
        await GoAsync($"/sessions/{session}/replay");
        await Chromium.ShowAsync(page, "replay-purpose");
        await page.GetByText("Quality assurance").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Open the replay" }).ClickAsync();
        await page.WaitForURLAsync("**/replay/*");
    }
}
