using Microsoft.Playwright;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>A colleague watches a sensitive session: with a right, for a purpose of the notice, and after a second person has approved.</summary>
public sealed class EntitledReplayTests(Chromium chromium)
{
    [Fact]
    public async Task A_colleague_watches_a_sensitive_session_with_a_right_a_purpose_and_the_approval_of_a_second_person()
    {
        await using var session = await StartedSession.StartAsync(
            chromium, new Dictionary<string, string?> { ["RateLimits__TriesPerAddress"] = "100" }, sensitiveLabel: "Health insurance");
        await session.LookLaterAsync();
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));
        var ines = await MemberDevice.JoinAsync(chromium, session.Technician, session.Server, "ines", "Ines Invited", "technician");
        var ada = await MemberDevice.JoinAsync(chromium, session.Technician, session.Server, "ada", "Ada Admin", "admin");

        // Without a right the session does not exist for her.
        Assert.Equal(404, (await ines.GoAsync($"/sessions/{session.Id}"))!.Status);
        await ada.GoAsync("/rights");
        await ada.Page.SelectOptionAsync("#for", "account:ines");
        await ada.Page.SelectOptionAsync("#of", "session");
        await ada.Page.FillAsync("#session", new Uri(session.Server.Url, $"/sessions/{session.Id}").ToString());
        await ada.Page.FillAsync("#reason", "Complaint 4711");
        await ada.ShowAsync("rights-form");
        await ada.PressAsync("Give the right");
        await ada.Page.GetByText("Complaint 4711").WaitForAsync();
        await ada.ShowAsync("rights");

        // With it she finds the session and reads it, and nothing can be pressed there but the replay.
        await ines.GoAsync("/");
        await ines.Page.GetByRole(AriaRole.Link, new() { Name = "Without a ticket" }).ClickAsync();
        await ines.Page.GetByText("Tina Technician").WaitForAsync();
        await ines.ShowAsync("watched-session");
        await ines.Page.Locator("#replay").ClickAsync();
        await ines.Page.GetByText("This session is sensitive").WaitForAsync();
        await ines.ShowAsync("sensitive-purpose");
        await AskAsync(ines, "Training of staff");
        await ines.ShowAsync("approval-waits");

        // Refused, with a reason.
        await ada.GoAsync("/approvals");
        await ada.ShowAsync("approvals");
        await ada.Page.GetByLabel("Reason").FillAsync("Training has its own examples");
        await ada.PressAsync("Refuse");
        await ada.Page.GetByText("refused by ada").WaitForAsync();
        await ines.GoAsync($"/sessions/{session.Id}/replay");
        await ines.Page.GetByText("Training has its own examples").WaitForAsync();
        await ines.ShowAsync("approval-refused");

        // Approved, and good once.
        await AskAsync(ines, "Complaint or dispute");
        await ada.GoAsync("/approvals");
        await ada.PressAsync("Approve, once");
        await ada.Page.GetByText("approved by ada").WaitForAsync();
        await ines.GoAsync($"/sessions/{session.Id}/replay");
        await ines.ShowAsync("approval-given");
        await ines.PressAsync("Open the replay");
        await ines.Page.WaitForURLAsync("**/replay/*");
        var player = new ReplayPlayer(ines.Page);
        await player.WaitForPictureAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        await Chromium.ShowAsync(ines.Page, "entitled-replay");
        await ines.GoAsync($"/sessions/{session.Id}/replay");
        await ines.Page.GetByText("Your last approval is used up").WaitForAsync();

        await ines.GoAsync("/rights");
        await ines.ShowAsync("rights-own");
        await session.Technician.GoAsync("/labels");
        await MemberDevice.ShowAsync(session.Technician.Page, "labels");
        await session.Technician.GoAsync("/people");
        await session.Technician.Page.GetByRole(AriaRole.Link, new() { Name = "Ines Invited" }).ClickAsync();
        await session.Technician.Page.GetByText("Complaint 4711").WaitForAsync();
        await MemberDevice.ShowAsync(session.Technician.Page, "person-rights");
        await session.Technician.GoAsync("/account/confirm");
        await MemberDevice.ShowAsync(session.Technician.Page, "confirm");
        await ines.Page.Context.CloseAsync();
        await ada.Page.Context.CloseAsync();
    }

    private static async Task AskAsync(MemberDevice member, string purpose)
    {
        await member.Page.GetByText(purpose, new() { Exact = true }).ClickAsync();
        await member.PressAsync("Ask for the approval");
        await member.Page.GetByText("A second person decides").WaitForAsync();
    }
}
