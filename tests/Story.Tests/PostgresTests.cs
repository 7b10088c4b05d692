using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>The whole path with catalogue and accounts on PostgreSQL, and a server that is killed in between.</summary>
public sealed class PostgresTests(Chromium chromium, PostgresServer postgres)
{
    private const string Label = "Health insurance";

    [Fact]
    public async Task What_is_recorded_is_found_watched_with_a_right_and_an_approval_copied_and_accounted_for()
    {
        await using var session = await StartedSession.StartAsync(chromium, new Dictionary<string, string?>
        {
            ["Catalogue__Kind"] = "postgresql",
            ["Catalogue__ConnectionString"] = await postgres.NewDatabaseAsync(),
            ["Exports__Allowed"] = "true",
            ["RateLimits__TriesPerAddress"] = "100",
        }, sensitiveLabel: Label);
        var (server, tina) = (session.Server, session.Technician);
        var (person, technician) = (new ChatSide(session.Person.Page), new ChatSide(tina.Page));
        await person.SayAsync("Is the printer on?");
        await technician.HearsAsync("Is the printer on?");
        var look = await session.LookLaterAsync();
        await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        await session.WaitForPersonAsync("over");
        var ines = await MemberDevice.JoinAsync(chromium, tina, server, "ines", "Ines Invited", "technician");
        var ada = await MemberDevice.JoinAsync(chromium, tina, server, "ada", "Ada Admin", "admin");

        // Killed, and started again: whoever was signed in is, and what was recorded is there.
        server.Process.Kill();
        await server.Process.WaitForExitAsync(StartedSession.Soon);
        await server.StartAgainAsync();

        // A right, by which she finds the session; a purpose; a second person's approval; and it plays.
        await ada.GoAsync("/rights");
        await ada.Page.SelectOptionAsync("#for", "account:ines");
        await ada.Page.SelectOptionAsync("#of", "session");
        await ada.Page.FillAsync("#session", new Uri(server.Url, $"/sessions/{session.Id}").ToString());
        await ada.Page.FillAsync("#reason", "Complaint 4711");
        await ada.PressAsync("Give the right");
        await ada.Page.GetByText("Complaint 4711").WaitForAsync();
        await ines.GoAsync("/?state=recorded&technician=tina&from=2020-01-01");
        await ines.Page.GetByRole(AriaRole.Link, new() { Name = "Without a ticket" }).ClickAsync();
        await ines.Page.Locator("#replay").ClickAsync();
        await ines.Page.GetByText("Complaint or dispute", new() { Exact = true }).ClickAsync();
        await ines.PressAsync("Ask for the approval");
        await ines.Page.GetByText("A second person decides").WaitForAsync();
        await ApproveAsync(ada);
        await ines.GoAsync($"/sessions/{session.Id}/replay");
        await ines.PressAsync("Open the replay");
        await ines.Page.WaitForURLAsync("**/replay/*");
        var player = new ReplayPlayer(ines.Page);
        await player.WaitForPictureAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        await StartedSession.ShowsAsync(player, look);

        // A copy: asked for, approved, built, downloaded.
        await tina.GoAsync($"/?label={Uri.EscapeDataString(Label)}");
        await tina.Page.GetByRole(AriaRole.Link, new() { Name = "Without a ticket" }).ClickAsync();
        await tina.Page.GetByRole(AriaRole.Link, new() { Name = "Export" }).ClickAsync();
        await tina.Page.GetByText("Complaint or dispute").ClickAsync();
        await tina.Page.GetByLabel("What should the approver know?").FillAsync("The customer asked for it");
        await tina.Page.GetByRole(AriaRole.Button, new() { Name = "Ask for the export" }).ClickAsync();
        await tina.Page.GetByText("A second person decides").WaitForAsync();
        await ApproveAsync(ada);
        await tina.Page.ReloadAsync();
        await tina.Page.GetByRole(AriaRole.Button, new() { Name = "Build the export" }).ClickAsync();
        await tina.Page.WaitForURLAsync("**/exports/*");
        await tina.Page.Locator("#download").WaitForAsync();
        await tina.Page.RunAndWaitForDownloadAsync(() => tina.Page.Locator("#download").ClickAsync());
        await tina.Page.GetByText("Downloaded").First.WaitForAsync();

        // The trail is whole, and nothing of it is in a file of SQLite.
        await using (var verify = server.Run("audit", "verify"))
        {
            Assert.True(await verify.WaitForExitAsync(StartedSession.Soon) == 0, verify.Output);
            Assert.Contains("VERIFIED.", verify.Output, StringComparison.Ordinal);
        }

        await using (var export = server.Run("audit", "export", "--format", "jsonl"))
        {
            Assert.Equal(0, await export.WaitForExitAsync(StartedSession.Soon));
            foreach (var action in (string[])["consent.given", "replay.open", "export.download"]) { Assert.Contains($"\"{action}\"", export.Output, StringComparison.Ordinal); }
        }

        Assert.Empty(Directory.GetFiles(server.Data, "*.db*"));
        await ines.Page.Context.CloseAsync();
        await ada.Page.Context.CloseAsync();
    }

    private static async Task ApproveAsync(MemberDevice approver)
    {
        await approver.GoAsync("/approvals");
        await approver.PressAsync("Approve, once");
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve, once" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }
}
