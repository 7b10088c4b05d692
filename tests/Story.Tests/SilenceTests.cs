using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The person does not decide: when the time is over, that is a decline.</summary>
public sealed class SilenceTests(Chromium chromium)
{
    [Fact]
    public async Task Who_does_not_decide_in_time_is_not_recorded_and_everybody_is_told()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var (id, code) = await technician.StartSessionAsync();
        var page = await chromium.NewDeviceAsync(390, 844);
        await new PersonDevice(page, server).JoinAsync(code);
        await LetTheTimeRunOutAsync(server, id);

        // Both pages find out by themselves.
        await page.ReloadAsync();
        await page.GetByText("There was no decision in time").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "silent");
        await technician.Page.GetByText("Nothing was recorded").First.WaitForAsync();
        await Chromium.ShowAsync(technician.Page, "silent-technician");
        Assert.False(Directory.Exists(Path.Combine(server.Data, "bucket", "v1", id.ToString())));
        await page.Context.CloseAsync();
        await technician.Page.Context.CloseAsync();
    }

    /// <summary>Ten minutes go by, as far as the catalogue can tell.</summary>
    private static async Task LetTheTimeRunOutAsync(AdminServer server, Guid session)
    {
        var options = new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(server.Data, "catalogue.db")}").Options;
        await using var catalogue = new CatalogueDb(options);
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(1, await catalogue.Participants.Where(p => p.Session == session).ExecuteUpdateAsync(p => p.SetProperty(participant => participant.DecideUntil, now)));
    }
}
