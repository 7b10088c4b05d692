using System.Text.Json;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>Somebody joins while a session is recorded: it waits for their consent, or until they leave. A minor's waits for the guardian's.</summary>
public sealed class SecondParticipantTests(Chromium chromium)
{
    [Fact]
    public async Task One_who_joins_pauses_it_until_they_allow_it_and_the_replay_and_both_receipts_show_that()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        var before = await session.LookLaterAsync();
        var second = new PersonDevice(await chromium.NewDeviceAsync(390, 844), session.Server);
        var code = await session.Technician.InviteAsync(session.Id, "p2");
        await Chromium.ShowAsync(session.Technician.Page, "session-invited");
        await session.Technician.Page.SetViewportSizeAsync(390, 844);
        await Chromium.ShowAsync(session.Technician.Page, "session-invited-phone");
        await session.Technician.Page.SetViewportSizeAsync(1280, 800);
        await session.WaitForPersonAsync("recording");

        await second.JoinAsync(code);
        await session.Person.Page.GetByText("The recording waits for somebody’s consent").WaitForAsync();
        await Chromium.ShowAsync(session.Person.Page, "awaiting-others-phone");
        await session.Technician.Page.GetByText("Paused · waiting for consent").WaitForAsync();
        await Chromium.ShowAsync(session.Technician.Page, "session-awaiting");
        var unrecorded = await session.LookLaterAsync();

        await second.AllowAsync();
        await session.WaitForPersonAsync("recording");
        await second.Page.Locator("#indicator[data-phase=recording]").WaitForAsync();
        await Chromium.ShowAsync(second.Page, "second-live-phone");
        var after = await session.LookLaterAsync();
        var (one, two, three) = (new ChatSide(session.Person.Page), new ChatSide(second.Page), new ChatSide(session.Technician.Page));
        await two.SayAsync("hello from the second");
        await one.HearsAsync("hello from the second");
        await three.HearsAsync("hello from the second");
        await session.Person.Page.Locator(".chat-head", new() { HasText = "Person 2" }).WaitForAsync();
        await Chromium.ShowAsync(session.Technician.Page, "session-two");
        var receipts = new[] { await KeepAsync(session.Person, "p1"), await KeepAsync(second, "p2") };
        await session.Person.PressAsync("End recording");
        Assert.Equal(0, await session.Recorder.WaitForExitAsync(StartedSession.Soon));

        // The replay shows what was recorded, and the gap with its reason.
        var player = await session.ReplayAsync();
        Assert.Equal("verified", await player.BadgeAsync());
        await StartedSession.ShowsAsync(player, before);
        await StartedSession.ShowsAsync(player, after);
        await Chromium.ShowAsync(session.Technician.Page, "replay-two");
        var description = await player.DescriptionAsync();
        var gap = Assert.Single(description.GetProperty("gaps").EnumerateArray());
        var start = gap.GetProperty("start").GetDouble();
        Assert.Equal("awaiting-consent", gap.GetProperty("reason").GetString());
        Assert.InRange((unrecorded.At - description.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds, start, start + gap.GetProperty("duration").GetDouble());

        // Both receipts verify with nothing but the file, and the recording with both receipts in it.
        foreach (var (file, participant) in receipts)
        {
            await using var verify = session.Server.Run("receipt", "verify", file);
            Assert.Equal(0, await verify.WaitForExitAsync(StartedSession.Soon));
            Assert.Contains($"participant {participant} of session {session.Id}", verify.Output, StringComparison.Ordinal);
        }

        await using var whole = session.Server.Run("verify", "--session", session.Id.ToString());
        Assert.True(await whole.WaitForExitAsync(StartedSession.Soon) == 0, whole.Output);
        var read = await ChildProcess.RunAsync(
            "node",
            [Repository.File("tests/independent-reader/read.mjs"), Path.Combine(session.Server.Data, "bucket"), Path.Combine(session.Server.Data, "keys/kek.pem"), "--session", session.Id.ToString()],
            StartedSession.Soon);
        Assert.Matches("consent .*verified", read);
        await second.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task One_who_declines_keeps_it_paused_until_they_leave()
    {
        await using var session = await StartedSession.StartAsync(chromium);
        await session.LookLaterAsync();
        var second = new PersonDevice(await chromium.NewDeviceAsync(), session.Server);
        await second.JoinAsync(await session.Technician.InviteAsync(session.Id, "p2"));
        await second.PressAsync("Decline");
        await second.Page.GetByText("stays paused as long as you are in it").WaitForAsync();
        await Chromium.ShowAsync(second.Page, "second-declined");
        await second.Page.SetViewportSizeAsync(390, 844);
        await Chromium.ShowAsync(second.Page, "second-declined-phone");
        await session.WaitForPersonAsync("paused");
        await session.Person.PressAsync("Pause");
        await session.Person.PressAsync("Resume");
        await session.Person.Page.GetByText("The recording waits for somebody’s consent").WaitForAsync();

        await second.PressAsync("I leave; the recording may go on without me");
        await second.Page.GetByText("You left the session").WaitForAsync();
        await Chromium.ShowAsync(second.Page, "second-left-phone");
        await session.WaitForPersonAsync("recording");
        await session.Person.PressAsync("End recording");
        await session.Recorder.WaitForExitAsync(StartedSession.Soon);
        await second.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_minors_session_has_two_codes_and_waits_for_the_guardian()
    {
        await using var server = await AdminServer.StartAsync();
        var technician = new TechnicianDevice(await chromium.NewDeviceAsync(), server);
        await technician.SetUpAsync();
        await Chromium.ShowAsync(technician.Page, "sessions-accept");
        await technician.AskGuardiansAsync();
        var (_, code) = await technician.StartSessionAsync();
        await Chromium.ShowAsync(technician.Page, "session-guardian");
        await technician.Page.SetViewportSizeAsync(390, 844);
        await Chromium.ShowAsync(technician.Page, "session-guardian-phone");
        var guardiansCode = await technician.Page.Locator("#code-g1").InnerTextAsync();
        var (person, guardian) = (new PersonDevice(await chromium.NewDeviceAsync(390, 844), server), new PersonDevice(await chromium.NewDeviceAsync(), server));

        await person.JoinAsync(code);
        await Chromium.ShowAsync(person.Page, "minor-consent-phone");
        await person.AllowAsync();
        await person.Page.GetByText("or their guardian has not").WaitForAsync();
        await Chromium.ShowAsync(person.Page, "minor-waits-phone");
        await person.Page.GoAsync(server.Url, "/join");
        await person.Page.FillAsync("input[name=code]", guardiansCode);
        await person.Page.Keyboard.PressAsync("Enter");
        await person.Page.GetByText("their own code on their own device").WaitForAsync();
        await Chromium.ShowAsync(person.Page, "same-browser-phone");
        await person.Page.GoAsync(server.Url, "/live");

        await guardian.JoinAsync(guardiansCode);
        await guardian.Page.GetByText("you decide in their place").WaitForAsync();
        await Chromium.ShowAsync(guardian.Page, "guardian-consent");
        await guardian.AllowAsync();
        await person.Page.GetByText("You are not being recorded yet").WaitForAsync(); // only the recorder is missing now
        await person.PressAsync("I leave; the recording may go on without me");
        await guardian.Page.Locator("#indicator[data-phase=over]").WaitForAsync(); // a guardian alone is nobody to record
        foreach (var page in new[] { person.Page, guardian.Page, technician.Page }) { await page.Context.CloseAsync(); }
    }

    private async Task<(string File, string Participant)> KeepAsync(PersonDevice person, string participant)
    {
        var download = await person.Page.RunAndWaitForDownloadAsync(() => person.Page.GetByText("Download your receipt").ClickAsync());
        var file = await download.PathAsync();
        using var kept = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        Assert.True(kept.RootElement.TryGetProperty("receipt", out _));
        return (file, participant);
    }
}
