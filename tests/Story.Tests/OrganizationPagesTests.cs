using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The organization's own pages open, and are for everybody.</summary>
public sealed class OrganizationPagesTests(Chromium chromium)
{
    [Fact]
    public async Task Notices_their_editor_the_requests_the_audit_trail_and_the_list_of_sessions_are_accessible_on_desktop_and_phone()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        foreach (var ticket in (string[])["INC0012345: the printer on floor 3", "INC0012346"])
        {
            await technician.GoAsync("/");
            await technician.Page.GetByLabel("Ticket or subject (optional, no names)").FillAsync(ticket);
            await technician.Page.GetByLabel("I accept that I am recorded too").CheckAsync();
            await technician.Page.GetByRole(AriaRole.Button, new() { Name = "Start a session" }).ClickAsync();
            await technician.Page.WaitForURLAsync("**/sessions/*");
        }

        await technician.Page.GoAsync(server.Url, "/people");
        await technician.Page.GetByRole(AriaRole.Link, new() { Name = "Tina Technician" }).ClickAsync();
        await technician.Page.CheckAsync("input[name=roles][value=auditor]");
        await technician.Page.GetByRole(AriaRole.Button, new() { Name = "Save the roles" }).ClickAsync();
        await technician.Page.GetByRole(AriaRole.Link, new() { Name = "Audit" }).WaitForAsync();
        foreach (var (width, device) in new[] { (1280, "desktop"), (390, "phone") })
        {
            await technician.Page.SetViewportSizeAsync(width, 844);
            foreach (var (path, name) in new[] { ("/notices", "notices"), ("/notices/draft/de", "notice-draft"), ("/notices/preview/de", "notice-preview"), ("/requests", "requests"), ("/audit", "audit"), ("/", "sessions-all"), ("/?ticket=inc0012346&state=open&from=2026-01-01", "sessions-found"), ("/?state=deleted", "sessions-none") })
            {
                var answer = await technician.GoAsync(path);
                Assert.Equal(200, answer!.Status);
                await Chromium.ShowAsync(technician.Page, $"{name}-{device}");
            }
        }

        var oskar = await MemberDevice.JoinAsync(chromium, technician, server, "oskar", "Oskar Operator", "operator");
        await oskar.GoAsync("/");
        await oskar.Page.GetByRole(AriaRole.Heading, new() { Name = "Storage location" }).WaitForAsync();
        await oskar.ShowAsync("operation");
        await oskar.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await oskar.ShowAsync("operation-dark");
        await oskar.Page.Context.CloseAsync();
        await technician.Page.Context.CloseAsync();
    }
}
