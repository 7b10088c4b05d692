using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The organization's own pages open, and are for everybody.</summary>
public sealed class OrganizationPagesTests(Chromium chromium)
{
    [Fact]
    public async Task Notices_their_editor_the_requests_and_the_audit_trail_are_accessible_on_desktop_and_phone()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        await technician.Page.GotoAsync(new Uri(server.Url, "/people").ToString());
        await technician.Page.GetByRole(AriaRole.Link, new() { Name = "Tina Technician" }).ClickAsync();
        await technician.Page.CheckAsync("input[name=roles][value=auditor]");
        await technician.Page.GetByRole(AriaRole.Button, new() { Name = "Save the roles" }).ClickAsync();
        await technician.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).WaitForAsync();
        foreach (var (width, device) in new[] { (1280, "desktop"), (390, "phone") })
        {
            await technician.Page.SetViewportSizeAsync(width, 844);
            foreach (var (path, name) in new[] { ("/notices", "notices"), ("/notices/draft/de", "notice-draft"), ("/notices/preview/de", "notice-preview"), ("/requests", "requests"), ("/audit", "audit") })
            {
                var answer = await technician.Page.GotoAsync(new Uri(server.Url, path).ToString());
                Assert.Equal(200, answer!.Status);
                await Chromium.ShowAsync(technician.Page, $"{name}-{device}");
            }
        }

        await technician.Page.Context.CloseAsync();
    }
}
