using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The organization's own pages open, and are for everybody.</summary>
public sealed class OrganizationPagesTests(Chromium chromium)
{
    [Fact]
    public async Task Notices_their_editor_and_the_requests_are_accessible_on_desktop_and_phone()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        foreach (var (width, device) in new[] { (1280, "desktop"), (390, "phone") })
        {
            await technician.Page.SetViewportSizeAsync(width, 844);
            foreach (var (path, name) in new[] { ("/notices", "notices"), ("/notices/draft/de", "notice-draft"), ("/notices/preview/de", "notice-preview"), ("/requests", "requests") })
            {
                var answer = await technician.Page.GotoAsync(new Uri(server.Url, path).ToString());
                Assert.Equal(200, answer!.Status);
                await Chromium.ShowAsync(technician.Page, $"{name}-{device}");
            }
        }

        await technician.Page.Context.CloseAsync();
    }
}
