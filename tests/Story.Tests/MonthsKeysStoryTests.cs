using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>An admin sees which months' keys there are and why one is there still, sees the job destroy another one, takes its certificate away and checks it; and lets the keys of an added location expire.</summary>
public sealed class MonthsKeysStoryTests(Chromium chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_months_key_is_destroyed_on_the_page_of_its_location_and_its_certificate_verifies()
    {
        await using var server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["Location__ExpiringKeys"] = "true", ["Credentials__north__AccessKeyId"] = "id", ["Credentials__north__SecretAccessKey"] = "secret", ["Keys__north__Region"] = "north-1",
        });
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(390, 844), server);
        await admin.SetUpAsync();
        var page = admin.Page;
        var now = ExpiryMonth.Of(TimeProvider.System.GetUtcNow());
        var (waits, over, gone) = (new ExpiryMonth(now.Number - 2), new ExpiryMonth(now.Number - 3), new ExpiryMonth(now.Number - 4));
        var deleted = await ArrangeAsync(server, waits, over, gone);

        await admin.GoAsync("/location");
        var months = page.Locator("#months");
        await months.GetByText("2 held tracks, to be wrapped for a later month’s key first").WaitForAsync();
        await months.GetByText("the next run of the job, within the hour").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "months-late");

        // The job, when it runs next.
        await admin.GoAsync("/jobs");
        var asked = page.Locator("#runs li").Filter(new() { HasText = "asked for" });
        await page.Locator("#run-destroy-expired-keys").ClickAsync();
        await asked.First.WaitForAsync();
        Assert.False(File.Exists(Path.Combine(server.Data, "keys", $"{NameOf(over)}.pem")));
        Assert.True(File.Exists(Path.Combine(server.Data, "keys", $"{NameOf(waits)}.pem")));
        await admin.GoAsync("/location");
        await Chromium.ShowAtBothWidthsAsync(page, "months");
        var download = await page.RunAndWaitForDownloadAsync(() => months.GetByRole(AriaRole.Link, new() { Name = $"Download the certificate of {over.Begin.UtcDateTime:MMMM yyyy}" }).ClickAsync());
        var file = Path.Combine(server.Temporary, "certificate.jws");
        await download.SaveAsAsync(file);
        await using (var verify = server.Run("certificate", "verify", file))
        {
            Assert.Equal(0, await verify.WaitForExitAsync(StartedSession.Soon));
            Assert.Contains($"the key '{NameOf(over)}'", verify.Output, StringComparison.Ordinal);
        }

        await admin.GoAsync($"/sessions/{deleted}");
        await page.GetByText("no backup opens with it any more").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "months-deleted-session");

        // Another location, whose keys stay.
        await admin.GoAsync("/locations");
        await Chromium.ShowAtBothWidthsAsync(page, "months-locations");
        await admin.GoAsync("/location?name=north");
        await Chromium.ShowAtBothWidthsAsync(page, "months-off");
        await page.GetByRole(AriaRole.Button, new() { Name = "Let keys expire" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Let keys expire no more" }).WaitForAsync();
        Assert.Empty(Directory.GetFiles(Path.Combine(server.Data, "keys"), "*trial*"));
        await Chromium.ShowAtBothWidthsAsync(page, "months-switched-on");
        await admin.GoAsync("/locations/new");
        Assert.False(await page.GetByLabel("Its keys expire").IsCheckedAsync());
        await Chromium.ShowAtBothWidthsAsync(page, "months-location-new");
        await page.Context.CloseAsync();
    }

    private static string NameOf(ExpiryMonth month) => $"sr-main-{month}-0a1b2c3d";

    /// <returns>A session that was deleted.</returns>
    private static async Task<Guid> ArrangeAsync(AdminServer server, ExpiryMonth waits, ExpiryMonth over, ExpiryMonth gone)
    {
        await using var catalogue = new CatalogueDb(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")};Pooling=false").Options);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var month in (ExpiryMonth[])[waits, over, gone])
        {
            using var key = month == gone ? null : LocalKeyFile.OpenOrCreate(Path.Combine(server.Data, "keys", $"{NameOf(month)}.pem"));
            catalogue.ExpiryKeys.Add(new()
            {
                Id = IdOf(month), Location = "main", Month = month.Number, Name = NameOf(month), MadeAt = month.Begin.AddDays(-90), Kid = key?.PublicKey.Kid ?? "gone",
                DestroyedAt = month == gone ? now.AddDays(-2) : null, RecoverableUntil = month == gone ? now.AddDays(5) : null, Certificate = month == gone ? "a.b.c" : null,
            });
        }

        var (held, other, deleted) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        catalogue.Sessions.AddRange(((Guid[])[held, other]).Select(id => new RecordedSession
        {
            Id = id, Technician = "tina", CreatedAt = waits.Begin.AddDays(-90), CodeExpiresAt = waits.Begin, CodeHash = new byte[32], Region = "local", State = SessionState.Recorded, EndedAt = waits.Begin.AddDays(-90), KeysExpire = true,
            Tracks = [.. ((string[])["video", "chat"]).Take(id == held ? 2 : 1).Select(track => new RecordedTrack { Session = id, Name = track, MediaType = "video/mp4", ExpiryKey = IdOf(waits), RewrapUntil = now.AddHours(1) })], // somebody is at it: the job leaves them alone
        }));
        catalogue.Sessions.Add(new()
        {
            Id = deleted, Technician = "tina", CreatedAt = gone.Begin.AddDays(-90), CodeExpiresAt = gone.Begin, CodeHash = new byte[32], Region = "local", State = SessionState.Purged, EndedAt = gone.Begin.AddDays(-90), KeysExpire = true,
            Tracks = [new() { Session = deleted, Name = "video", MediaType = "video/mp4", ExpiryKey = IdOf(gone) }, new() { Session = deleted, Name = "chat", MediaType = "text/vtt", ExpiryKey = IdOf(waits) }],
        });
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Session = held, Owner = "tina", PlacedBy = "tina", PlacedAt = now, ReviewAt = now.AddDays(30), Reason = "Case 12" });
        catalogue.Locations.Add(new() { Name = "north", Region = "north-1", Endpoint = "https://127.0.0.1:1", Bucket = "recordings", Prefix = "", Credential = "north", Key = "north", AddedAt = now, AddedBy = "tina" });
        await catalogue.SaveChangesAsync(Cancellation);
        return deleted;
    }

    private static Guid IdOf(ExpiryMonth month) => new(month.Number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
