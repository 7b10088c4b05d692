using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>An org admin shortens the policy: sees what would go, saves, applies it, and finds the new dates in the calendar.</summary>
public sealed class RetentionStoryTests(Chromium chromium)
{
    private const int Count = 75;

    [Fact]
    public async Task A_policy_is_changed_with_a_preview_applied_to_what_there_is_and_the_calendar_shows_what_goes()
    {
        await using var server = await AdminServer.StartAsync();
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(390, 844), server);
        await admin.SetUpAsync();
        var page = admin.Page;
        await admin.GoAsync("/teams");
        await page.FillAsync("#name", "Night shift");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the team" }).ClickAsync();
        await RecordAsync(server);

        await admin.GoByMenuAsync("Retention");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Night shift" }).WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "retention");
        await page.GetByRole(AriaRole.Link, new() { Name = "Change, versions: The organization" }).ClickAsync();
        await page.FillAsync("#screen-days", "60");
        await page.FillAsync("#screen-minimum", "14");
        await page.SelectOptionAsync("#events-keep", "Indefinite");
        await page.FillAsync("#events-basis", "Section 12 of the Example Act");
        await page.FillAsync("#events-review", $"{TimeProvider.System.GetUtcNow().AddDays(200):yyyy-MM-dd}");
        await page.FillAsync("#why", "The works council asked for less");
        await Chromium.ShowAtBothWidthsAsync(page, "retention-policy");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what it would do" }).ClickAsync();
        await page.GetByText("75 recordings deleted earlier").WaitForAsync();
        await page.GetByText("14 of them at once.").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "retention-preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await page.GetByText("75 recordings deleted earlier").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save as version 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Version 2" }).WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Apply to what is recorded already" }).ClickAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "retention-apply");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply version 2 to what is recorded" }).ClickAsync();
        for (var tries = 0; !await page.GetByText("Applied to what is recorded: version 2", new() { Exact = true }).IsVisibleAsync(); tries++)
        {
            Assert.True(tries < 120, "The version was not applied within a minute.");
            await page.WaitForTimeoutAsync(500);
            await admin.GoAsync("/retention/0");
        }

        Assert.Contains("75 kept shorter now", await page.Locator("section[aria-labelledby=applied]").InnerTextAsync(), StringComparison.Ordinal);
        await Chromium.ShowAtBothWidthsAsync(page, "retention-applied");

        await admin.GoByMenuAsync("Deletions");
        await page.GetByText("· today").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "The month after" }).ClickAsync();
        await page.Locator(".calendar a").First.WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "deletions");
        await page.Locator(".calendar a").First.ClickAsync();
        await page.GetByText("all of it").First.WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "deletions-day");
        await page.Context.CloseAsync();
    }

    /// <summary>Recordings of the last 75 days, as the server would have them.</summary>
    private static async Task RecordAsync(AdminServer server)
    {
        await using var catalogue = new CatalogueDb(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite(new SqliteConnectionStringBuilder { DataSource = Path.Combine(server.Data, "catalogue.db") }.ToString()).Options);
        var policy = await catalogue.PolicyInForceAsync(team: null, default);
        var now = TimeProvider.System.GetUtcNow();
        for (var number = 0; number < Count; number++)
        {
            var at = now.AddDays(-number);
            var session = new RecordedSession
            {
                Id = Guid.CreateVersion7(at), Technician = number % 2 == 0 ? "tina" : "ben", CreatedAt = at, CodeExpiresAt = at, ConsentAt = at, StartedAt = at, EndedAt = at.AddMinutes(12), Region = "local", State = SessionState.Recorded, Label = number % 3 == 0 ? "printing" : null,
                Policy = policy.Id, ShownDay = (int)RetentionDates.DayOf(at),
            };
            foreach (var (name, size) in new[] { ("consent", 9_000L), ("video", 40_000_000L + number), ("thumbnails", 800_000L) }) { session.Tracks.Add(new() { Session = session.Id, Name = name, MediaType = "video/mp4", Size = size, Segments = 9, Finished = true }); }
            session.SetDates(policy, at);
            catalogue.Sessions.Add(session);
        }

        await catalogue.SaveChangesAsync();
    }
}
