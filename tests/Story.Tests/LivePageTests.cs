using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The person's page where it is on its own: while nobody hears it, and in a small window on top of all others.</summary>
public sealed class LivePageTests(Chromium chromium)
{
    /// <summary>What the page finds where a browser has windows on top; an ordinary one, with which a test can do more.</summary>
    private const string OrdinaryWindows = """
        Object.defineProperty(window, 'documentPictureInPicture', { configurable: true, value: {
          requestWindow: async ({ width, height }) => window.open('', '', `popup,width=${width},height=${height}`),
        } });
        """;

    [Fact]
    public async Task An_end_that_the_server_does_not_hear_stops_the_recorder_all_the_same_and_is_told_until_it_is_heard()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        var page = session.Person.Page;
        await page.RouteAsync("**/api/live/end", route => route.AbortAsync()); // the heartbeat would be heard
        await session.Person.PressAsync("End recording");
        await page.Locator("#status-title", new() { HasText = "You ended the recording" }).WaitForAsync();
        await page.GetByText("stops capturing by itself within 10 seconds").WaitForAsync();
        await Chromium.ShowAsync(page, "ended-unheard-phone");
        await session.Recorder.WaitForLineAsync("page is not seen", StartedSession.Soon);
        await session.WaitForPersonAsync("paused"); // nobody captures any more
        Assert.False(await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).IsVisibleAsync());

        // The page is loaded again, and the server with it: the wish lives on.
        session.Server.Process.Kill();
        await session.Server.Process.WaitForExitAsync(StartedSession.Soon);
        await session.Server.StartAgainAsync();
        await page.ReloadAsync();
        await page.Locator("#status-title", new() { HasText = "You ended the recording" }).WaitForAsync();
        await page.UnrouteAsync("**/api/live/end");
        await session.WaitForPersonAsync("over");
        Assert.Contains(await session.Recorder.WaitForExitAsync(StartedSession.Soon), (int[])[0, 7]);
        Assert.Single(Regex.Matches(session.Recorder.Output, "Recording is on", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_pause_that_nobody_heard_is_taken_back_by_resuming_and_a_withdrawal_outweighs_it()
    {
        await using var server = await AdminServer.StartAsync();
        var person = await JoinedAsync(server, "");
        server.Process.Kill();
        await server.Process.WaitForExitAsync(StartedSession.Soon);
        await person.PressAsync("Pause");
        await person.Page.Locator("#status-title", new() { HasText = "You paused the recording" }).WaitForAsync();
        await person.PressAsync("Resume");
        await person.Page.Locator("#status-title", new() { HasText = "You paused the recording" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await person.PressAsync("Pause");
        await person.PressAsync("Withdraw consent");
        await person.Page.Locator("#status-title", new() { HasText = "You withdrew your consent" }).WaitForAsync();
        Assert.Equal(0, await person.Page.Locator("#actions button:visible").CountAsync());
        await server.StartAgainAsync();
        await person.Page.Locator("#indicator[data-phase=over]").WaitForAsync();
        await person.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_small_window_on_top_shows_the_same_and_does_the_same_and_the_page_goes_on_without_it()
    {
        await using var server = await AdminServer.StartAsync();
        var person = await JoinedAsync(server, OrdinaryWindows);
        var page = person.Page;
        var open = page.GetByRole(AriaRole.Button, new() { Name = "Show in a small window on top" });
        var small = await page.RunAndWaitForPopupAsync(() => open.ClickAsync());
        await small.Locator("h1", new() { HasText = "You are not being recorded yet" }).WaitForAsync();
        Assert.False(await open.IsVisibleAsync());
        Assert.StartsWith("rgb(179, 0, 30)", await small.EvaluateAsync<string>("""
            async () => {
              await new Promise((ready) => { const wait = () => document.styleSheets.length > 1 ? ready() : setTimeout(wait, 20); wait(); });
              document.querySelector('.indicator').dataset.phase = 'recording';
              return getComputedStyle(document.querySelector('.indicator')).backgroundColor;
            }
            """), StringComparison.Ordinal); // its look comes from style sheets that the content security policy lets in

        await small.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await small.Locator(".indicator[data-phase=paused] h1", new() { HasText = "You paused the recording" }).WaitForAsync();
        await page.Locator("#indicator[data-phase=paused]").WaitForAsync();
        await Chromium.ShowAsync(small, "floating");
        await Chromium.ShowAsync(page, "live-floating-phone");
        await small.CloseAsync();
        await open.WaitForAsync();
        await person.PressAsync("Resume");
        await page.Locator("#indicator[data-phase=waiting]").WaitForAsync();

        small = await page.RunAndWaitForPopupAsync(() => open.ClickAsync());
        await small.GetByRole(AriaRole.Button, new() { Name = "End recording" }).ClickAsync();
        await page.Locator("#indicator[data-phase=over]").WaitForAsync();
        await page.Context.CloseAsync();
    }

    [Theory]
    [InlineData("delete window.documentPictureInPicture; Object.defineProperty(window, 'documentPictureInPicture', { value: undefined });")]
    [InlineData("Object.defineProperty(window, 'documentPictureInPicture', { value: { requestWindow: async () => { throw new DOMException('no', 'NotAllowedError'); } } });")]
    public async Task Where_the_browser_has_no_such_windows_or_allows_none_the_page_does_without(string browser)
    {
        await using var server = await AdminServer.StartAsync();
        var person = await JoinedAsync(server, browser);
        var open = person.Page.Locator("#float");
        if (await open.IsVisibleAsync()) { await open.ClickAsync(); }
        await open.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await person.PressAsync("Pause");
        await person.Page.Locator("#indicator[data-phase=paused]").WaitForAsync();
        await person.Page.Context.CloseAsync();
    }

    /// <summary>A person who allowed the recording and is on the page; no recorder has come yet.</summary>
    private async Task<PersonDevice> JoinedAsync(AdminServer server, string browser)
    {
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var (_, code) = await technician.StartSessionAsync();
        await technician.Page.Context.CloseAsync();
        var person = new PersonDevice(await chromium.NewDeviceAsync(390, 844), server);
        if (browser.Length > 0) { await person.Page.AddInitScriptAsync(browser); }
        await person.JoinAsync(code);
        await person.AllowAsync();
        await person.Page.Locator("#indicator[data-phase=waiting]").WaitForAsync();
        return person;
    }
}
