using System.Text.Json;
using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The person is in charge, with nothing but the keyboard: pauses, and nobody else can go on; ends; and learns later who watched.</summary>
public sealed class PersonInChargeTests(Chromium chromium)
{
    [Fact]
    public async Task Paused_by_the_person_only_they_go_on_and_their_receipt_tells_later_who_watched()
    {
        await using var session = await StartedSession.StartAsync(chromium, byKeyboard: true);
        var (person, technician) = (session.Person, session.Technician.Page);
        await session.LookLaterAsync();
        await person.PressAsync("Pause");
        await session.WaitForPersonAsync("paused");

        // The technician sees that it is paused, has no button to go on, and is not obeyed by asking for it.
        await technician.GetByText("Paused").First.WaitForAsync();
        await Chromium.ShowAsync(technician, "paused-technician");
        Assert.Equal(0, await technician.GetByRole(AriaRole.Button, new() { Name = "Resume" }).CountAsync());
        await technician.EvaluateAsync($$"""
            () => { const form = document.querySelector("form[method=post]"); form.action = "/sessions/{{session.Id}}/resume"; form.submit(); }
            """);
        await technician.WaitForLoadStateAsync();
        await person.Page.ReloadAsync();
        await session.WaitForPersonAsync("paused");

        await person.PressAsync("Resume");
        await session.WaitForPersonAsync("recording");
        await session.LookLaterAsync();
        await person.TabToAsync("Your message");
        await person.Page.Keyboard.TypeAsync("That was all, thank you.");
        await person.Page.Keyboard.PressAsync("Enter");
        await person.Page.GetByText("That was all, thank you.").WaitForAsync();
        await person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        await session.WaitForPersonAsync("over");

        // The receipt is a file that proves itself, and names a page.
        await person.TabToAsync("Download your receipt");
        var download = await person.Page.RunAndWaitForDownloadAsync(() => person.Page.Keyboard.PressAsync("Enter"));
        var file = Path.Combine(session.Device.Folder, "receipt.json");
        await download.SaveAsAsync(file);
        await using (var verify = session.Server.Run("receipt", "verify", file)) { Assert.Equal(0, await verify.WaitForExitAsync(StartedSession.Soon)); }
        var address = JsonDocument.Parse(await File.ReadAllTextAsync(file)).RootElement.GetProperty("page").GetString()!;

        await person.TabToAsync("See later who watched it");
        await person.Page.Keyboard.PressAsync("Enter");
        await person.Page.WaitForURLAsync(address);
        await person.Page.GetByText("Nobody has watched it so far.").WaitForAsync();
        var player = await session.ReplayAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        await person.Page.ReloadAsync();
        await person.Page.GetByText("Purpose: Quality assurance").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(person.Page, "receipt-watched");
    }
}
