using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The person withdraws in the middle of a recording and has it erased; nothing of it is left, and nobody replays it.</summary>
public sealed class WithdrawTests(Chromium chromium)
{
    [Fact]
    public async Task Withdrawn_and_erased_nothing_is_left_of_the_recording()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        var folder = Path.Combine(session.Server.Data, $"bucket/v1/{session.Id}");
        await session.WaitForFilesAsync(folder);
        await session.Technician.GoAsync($"/sessions/{session.Id}");
        await new ChatSide(session.Person.Page).SayAsync("My daughter is called Ida.");
        await new ChatSide(session.Technician.Page).HearsAsync("My daughter is called Ida.");

        await session.Person.PressAsync("Withdraw consent");
        await session.Person.Page.GetByText("You withdrew your consent").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(session.Person.Page, "withdrawn");

        // The device that signed the consent signed that it takes it back, and the person can prove it.
        await session.WaitForPersonAsync("over");
        var receipt = Path.Combine(session.Device.Folder, "receipt.json");
        await File.WriteAllTextAsync(receipt, await session.Person.Page.EvaluateAsync<string>("async () => (await fetch('/consent/receipt')).text()"), TestContext.Current.CancellationToken);
        await using (var verify = session.Server.Run("receipt", "verify", receipt))
        {
            Assert.Equal(0, await verify.WaitForExitAsync(StartedSession.Soon));
            Assert.Matches("Withdrawn .*confirmed", verify.Output);
        }

        await session.Person.PressAsync("Erase what was stored");
        await session.Recorder.WaitForExitAsync(StartedSession.Soon);
        await session.Person.Page.GetByText("What was stored is erased").WaitForAsync();
        await session.Technician.Page.Locator("#chat").WaitForAsync(new() { State = WaitForSelectorState.Detached }); // what was said left the open page too
        await Chromium.ShowAtBothWidthsAsync(session.Technician.Page, "session-erased");
        await session.Person.Page.Locator("#chat").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Chromium.ShowAtBothWidthsAsync(session.Person.Page, "erased");
        Assert.False(Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any());

        // Nobody replays it, and going back brings nothing back.
        var answer = await session.Technician.GoAsync($"/sessions/{session.Id}/replay");
        Assert.Equal(404, answer!.Status);
        await session.Person.Page.GoBackAsync();
        await session.Person.Page.GoAsync(session.Server.Url, "/live");
        await session.Person.Page.GetByText("What was stored is erased").WaitForAsync();
    }
}
