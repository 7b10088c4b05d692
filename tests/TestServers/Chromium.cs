using Microsoft.Playwright;
using Xunit;

namespace SecureRecorder.TestServers;

/// <summary>The distribution's Chromium, driven by Playwright. Every browser context is a device of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";
    private const int PhoneWidth = 390;
    private const int PhoneHeight = 844;
    private const int DesktopWidth = 1440;
    private const int DesktopHeight = 900;

    /// <summary>How long a page may take for anything: long, because the machine may be busy, and nothing waits for it in vain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>A new device: no cookies, nothing cached.</summary>
    /// <param name="width">Pixels; 390 is a phone.</param>
    public async Task<IPage> NewDeviceAsync(int width = 1280, int height = 800)
    {
        var context = await (browser ?? throw new InvalidOperationException("Chromium was not started."))
            .NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, Locale = "en-US" });
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        context.SetDefaultNavigationTimeout((float)Patience.TotalMilliseconds);
        return await context.NewPageAsync();
    }

    /// <summary>Checks the page with axe, and takes a picture for a person to look at where SCREENSHOTS names a folder.</summary>
    /// <exception cref="InvalidOperationException">It violates WCAG 2.2 A or AA, as far as a program can tell.</exception>
    public static async Task ShowAsync(IPage page, string name)
    {
        await Accessibility.RequireAsync(page, name);
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    /// <summary>The same at the width of a phone, and at that of a desktop.</summary>
    /// <exception cref="InvalidOperationException">It violates WCAG 2.2 A or AA at one of them.</exception>
    public static async Task ShowAtBothWidthsAsync(IPage page, string name)
    {
        var own = page.ViewportSize ?? throw new InvalidOperationException("The page has no size of its own.");
        await page.SetViewportSizeAsync(PhoneWidth, PhoneHeight);
        await ShowAsync(page, name + "-phone");
        await page.SetViewportSizeAsync(DesktopWidth, DesktopHeight);
        await ShowAsync(page, name + "-desktop");
        await page.SetViewportSizeAsync(own.Width, own.Height);
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable)) { throw new MissingProgramException($"'{Executable}' is not there. tests/run.sh installs what the tests need (on Debian)."); }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) { await browser.DisposeAsync(); }

        playwright?.Dispose();
    }
}
