using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A legal hold is placed; the person who wants the recording erased is told so; two persons lift it, and it is erased.</summary>
public sealed class HoldTests(Chromium chromium)
{
    [Fact]
    public async Task A_hold_forbids_erasing_says_so_to_the_person_and_lifted_by_two_lets_it_happen()
    {
        await using var session = await StartedSession.StartAsync(chromium, new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "100" });
        await session.LookLaterAsync();
        var folder = Path.Combine(session.Server.Data, $"bucket/v1/{session.Id}");
        await session.WaitForFilesAsync(folder);
        var (tina, page) = (session.Technician, session.Technician.Page);
        var vera = await MemberDevice.JoinAsync(chromium, tina, session.Server, "vera", "Vera Second", "admin");

        // Tina, who is an org admin too, holds the session.
        await tina.GoAsync("/holds");
        await MemberDevice.ShowAsync(page, "holds-none");
        await page.FillAsync("#session", $"{session.Server.Url}sessions/{session.Id}");
        await page.FillAsync("#reason", "The customer’s insurer asked for the record of this visit, case 4711.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Place the hold" }).ClickAsync();
        await page.GetByText("1 session", new() { Exact = true }).WaitForAsync();
        await MemberDevice.ShowAsync(page, "holds-one");
        await tina.GoAsync($"/sessions/{session.Id}");
        await page.GetByText("A legal hold keeps this session").WaitForAsync();
        await MemberDevice.ShowAsync(page, "session-held");

        // The person withdraws: nothing is captured any more, and nothing is erased.
        await session.Person.PressAsync("Withdraw consent");
        await session.WaitForPersonAsync("over");
        await session.Recorder.WaitForExitAsync(StartedSession.Soon);
        await session.Person.PressAsync("Erase what was stored");
        await session.Person.Page.GetByText("A legal hold forbids erasing now; it will be erased when the hold is lifted.").WaitForAsync();
        await session.Person.Page.ReloadAsync();
        await session.Person.Page.GetByText("a legal hold is lifted").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(session.Person.Page, "erase-held");
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder, "video")));
        await session.Person.Page.GetByRole(AriaRole.Link, new() { Name = "See later who watched it" }).ClickAsync();
        await session.Person.Page.GetByText("A legal hold forbids erasing now.").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(session.Person.Page, "receipt-held");
        await session.Person.Page.GetByText("Erase it").First.ClickAsync();

        // Who asks to lift it does not confirm it; the other one does.
        await tina.GoAsync("/holds");
        await page.GetByText("Review it, or ask to lift it").ClickAsync();
        await page.GetByLabel("It is not needed any more, because").FillAsync("The insurer has settled.");
        await MemberDevice.ShowAsync(page, "hold-review");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask to lift it" }).ClickAsync();
        await page.GetByText("Another org admin confirms it.").WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Button, new() { Name = "Confirm: lift it" }).CountAsync());
        await vera.GoAsync("/holds");
        await vera.ShowAsync("hold-lift-asked");
        await vera.PressAsync("Confirm: lift it");
        await vera.Page.GetByText("Nothing is held.").WaitForAsync();
        await vera.ShowAsync("hold-lifted");

        // Lifted, it is erased.
        await session.Person.Page.GoAsync(session.Server.Url, "/live");
        await Eventually.TrueAsync(() => !Directory.Exists(folder) || !Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(), "nothing of it is stored");
        var options = new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(session.Server.Data, "catalogue.db")}").Options;
        await using var catalogue = new CatalogueDb(options);
        Assert.Equal(SessionState.Purging, (await catalogue.Sessions.SingleAsync(s => s.Id == session.Id, TestContext.Current.CancellationToken)).State);
        var actions = await catalogue.Audit.Where(a => a.Session == session.Id).OrderBy(a => a.Id).Select(a => a.Action).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["hold.placed", "recording.erased", "hold.lift-asked", "hold.lifted", "session.purge"], actions.Where(action => action.StartsWith("hold.", StringComparison.Ordinal) || action is "recording.erased" or "session.purge"));
        await vera.Page.Context.CloseAsync();
    }
}
