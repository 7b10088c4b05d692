using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The person declines, by keyboard alone: nothing is recorded, the technician learns just that, and the support goes on in the chat.</summary>
public sealed class DeclineTests(Chromium chromium)
{
    [Fact]
    public async Task Declined_by_keyboard_nothing_is_recorded_and_the_chat_goes_on()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        var (id, code) = await technician.StartSessionAsync();
        var page = await chromium.NewDeviceAsync(390, 844);
        var phone = new PersonDevice(page, server, byKeyboard: true);
        await phone.JoinAsync(code);
        await phone.PressAsync("Decline");
        await page.GetByText("You declined").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "declined");

        await technician.Page.GetByText("The person declined. Nothing was recorded").WaitForAsync();
        var (person, other) = (new ChatSide(page), new ChatSide(technician.Page));
        await person.SayAsync("Can we go on without?");
        await other.HearsAsync("Can we go on without?");
        await other.SayAsync("Of course.");
        await person.HearsAsync("Of course.");
        Assert.False(Directory.Exists(Path.Combine(server.Data, "bucket", "v1", id.ToString())));
        await page.Context.CloseAsync();
        await technician.Page.Context.CloseAsync();
    }
}
