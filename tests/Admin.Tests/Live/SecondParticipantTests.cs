using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Receipts;
using SecureRecorder.Admin.Tests.Chat;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Live;

/// <summary>C8: one who joins later pauses the recording until they, too, have allowed it.</summary>
public sealed class SecondParticipantTests : IAsyncLifetime
{
    private ChatScene scene = null!;
    private Person second = null!;
    private string code = "";

    public async ValueTask InitializeAsync()
    {
        scene = await ChatScene.StartAsync();
        await scene.RecordAsync();
        code = await scene.Technician.InviteAsync(scene.Session, "p2");
    }

    public async ValueTask DisposeAsync()
    {
        second?.Dispose();
        await scene.DisposeAsync();
    }

    [Fact]
    public async Task Joining_pauses_at_once_everybody_is_told_why_and_allowing_goes_on_under_the_first_receipt()
    {
        Assert.Equal("recording", (await scene.Person.BeatAsync()).Phase); // an invitation keeps nobody waiting
        second = await Person.JoinAsync(scene.Server, code);
        Assert.Equal(GapReason.AwaitingConsent, (await scene.Control!.NextAsync(ControlPhase.Pause)).Reason);
        var told = await scene.Person.BeatAsync();
        Assert.Equal(("paused", "The recording waits for somebody’s consent"), (told.Phase, told.Title));
        Assert.Equal("p2", (await second.NoticeAsync()).Participant);
        Assert.Contains("waiting for consent", await scene.Technician.Browser.ReadAsync($"/sessions/{scene.Session}"), StringComparison.Ordinal);

        await second.AllowAsync();
        var record = await scene.Control.NextAsync(ControlPhase.Record);
        Assert.Equal((await scene.Server.SessionAsync(scene.Session)).ConsentDigest, ConsentReceipt.DigestOf(record.Receipt!));
        Assert.Equal("recording", (await second.BeatAsync()).Phase);
        Assert.Equal("recording", (await scene.Person.BeatAsync()).Phase);
    }

    [Fact]
    public async Task Each_receipt_lies_in_the_consent_track_in_order_and_both_files_verify()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await second.AllowAsync();
        Assert.Equal("recorded", await scene.FinishAsync());

        using (var track = await scene.Server.Reader.OpenAsync(scene.Session, TrackName.Consent, default, null, null, default))
        {
            Assert.NotNull(track.Manifest);
            Assert.Equal(TrackStatus.Verified, (await track.VerifyAsync(null, default)).Status);
            var segments = new List<string>();
            foreach (var segment in track.Segments) { segments.Add(Encoding.ASCII.GetString(await track.ReadAsync(segment.Index, default))); }
            Assert.Equal(4, segments.Count);
            foreach (var (index, name) in new[] { (0, "p1"), (2, "p2") })
            {
                var (receipt, _) = ConsentReceipt.Verify(segments[index], scene.Session);
                Assert.Equal(name, receipt.Participant);
                Countersignature.Verify(segments[index + 1], segments[index], receipt);
            }
        }

        foreach (var (person, name) in new[] { (scene.Person, "p1"), (second, "p2") })
        {
            using var file = await person.Browser.GetAsync("/consent/receipt");
            var verified = Assert.IsType<VerifyReceiptFile.Outcome.Verified>(VerifyReceiptFile.Run(await file.Content.ReadAsByteArrayAsync(), scene.Recorder.Joined.ServerKey.Thumbprint));
            Assert.Equal(name, verified.Receipt.Participant);
            using var browser = new Browser(scene.Server);
            Assert.Contains($"{verified.Receipt.Notice.Id}, version", await browser.ReadAsync(new Uri(verified.Page).AbsolutePath), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task After_a_restart_the_second_receipt_is_read_back_from_the_bucket()
    {
        second = await Person.JoinAsync(scene.Server, code);
        var signed = await second.AllowAsync();
        await scene.Server.StartAgainAsync();
        using var file = await second.Browser.GetAsync("/consent/receipt");
        var verified = Assert.IsType<VerifyReceiptFile.Outcome.Verified>(VerifyReceiptFile.Run(await file.Content.ReadAsByteArrayAsync(), null));
        Assert.Equal("p2", verified.Receipt.Participant);
        Assert.Contains(signed, await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consent_that_could_not_be_stored_does_not_count_and_can_be_given_again()
    {
        second = await Person.JoinAsync(scene.Server, code);
        var receipt = second.Sign(await second.NoticeAsync());
        scene.Server.Store.IsDown = true;
        using (var failed = await second.GiveAsync(receipt)) { Assert.False(failed.IsSuccessStatusCode); }
        Assert.Equal(ParticipantState.Deciding, (await scene.Server.ParticipantAsync(scene.Session, "p2")).State);
        scene.Server.Store.IsDown = false;
        await second.AllowAsync();
        Assert.Equal("recorded", await scene.FinishAsync());
    }

    [Fact]
    public async Task A_decline_keeps_it_paused_until_they_leave_and_nothing_else_lets_it_go_on()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await scene.Control!.NextAsync(ControlPhase.Pause);
        using (await second.Browser.SubmitAsync("/consent", "/consent/decline")) { }
        var page = await second.Browser.ReadAsync("/consent");
        Assert.Contains("You declined", page, StringComparison.Ordinal);
        Assert.Contains("stays paused as long as you are in it", page, StringComparison.Ordinal);

        await scene.Person.PressAsync("pause");
        await scene.Person.PressAsync("resume");
        using (await scene.Technician.Browser.SubmitAsync($"/sessions/{scene.Session}", $"/sessions/{scene.Session}/resume")) { }
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(60)); // also when their page is closed
        await scene.Person.BeatAsync();
        var waiting = await scene.Server.SessionAsync(scene.Session);
        Assert.Equal((SessionState.Paused, GapReason.AwaitingConsent), (waiting.State, waiting.PausedBecause));

        using (var left = await second.Browser.SubmitAsync("/consent", "/consent/leave")) { Assert.Equal("/consent", left.Headers.Location?.ToString()); }
        await scene.Control.NextAsync(ControlPhase.Record);
        Assert.Contains("You left the session", await second.Browser.ReadAsync("/consent"), StringComparison.Ordinal);
        using var said = await second.Browser.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text = "am I still there?" });
        Assert.Equal(HttpStatusCode.BadRequest, said.StatusCode);
        using var heard = await second.Browser.ScriptAsync(HttpMethod.Get, "/api/live/chat");
        Assert.Equal(HttpStatusCode.Forbidden, heard.StatusCode);
    }

    [Fact]
    public async Task Silence_is_a_decline_and_keeps_it_paused_until_they_leave()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await scene.Server.InCatalogueAsync(async catalogue =>
        {
            var session = await catalogue.Sessions.FindAsync(scene.Session);
            (await catalogue.Participants.FindAsync(session!.Id, "p2"))!.DecideUntil = scene.Server.Clock.GetUtcNow().AddSeconds(-1);
            return await catalogue.SaveChangesAsync();
        });
        await scene.Server.RunJobAsync<ExpireInvitations>();
        Assert.Equal(ParticipantState.Silent, (await scene.Server.ParticipantAsync(scene.Session, "p2")).State);
        Assert.Equal(GapReason.AwaitingConsent, (await scene.Server.SessionAsync(scene.Session)).PausedBecause);
        using (var late = await second.GiveAsync("too.late.indeed")) { Assert.Equal(HttpStatusCode.Conflict, late.StatusCode); }
        using (await second.Browser.SubmitAsync("/consent", "/consent/leave")) { }
        await scene.Control!.NextAsync(ControlPhase.Record);
    }

    [Fact]
    public async Task Each_page_must_be_seen()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await second.AllowAsync();
        await scene.Control!.NextAsync(ControlPhase.Pause);
        await scene.Control.NextAsync(ControlPhase.Record);
        foreach (var step in new[] { 5, 5 })
        {
            scene.Server.Clock.Advance(TimeSpan.FromSeconds(step));
            await scene.Person.BeatAsync();
        }

        Assert.Equal(GapReason.Lost, (await scene.Control.NextAsync(ControlPhase.Pause)).Reason);
        Assert.Equal("paused", (await scene.Person.BeatAsync()).Phase);
        await second.BeatAsync();
        await scene.Person.BeatAsync();
        await scene.Control.NextAsync(ControlPhase.Record);
    }

    [Fact]
    public async Task Who_leaves_need_not_be_seen_and_can_still_withdraw_for_all()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await second.AllowAsync();
        await second.BeatAsync();
        var left = await scene.Person.PressAsync("leave");
        Assert.Equal(("left", false, true), (left.Phase, left.MayEnd, left.MayWithdraw));
        Assert.Equal("recording", (await second.BeatAsync()).Phase);
        foreach (var action in new[] { "pause", "resume", "end", "leave" })
        {
            using var refused = await scene.Person.Browser.ScriptAsync(HttpMethod.Post, $"/api/live/{action}");
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        scene.Server.Clock.Advance(TimeSpan.FromSeconds(9));
        await second.BeatAsync();
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("recording", (await second.BeatAsync()).Phase);
        var withdrew = await scene.Person.PressAsync("withdraw");
        var other = await second.BeatAsync();
        Assert.Equal(("ending", "You withdrew your consent"), (withdrew.Phase, withdrew.Title));
        Assert.Equal(("ending", "The recording has ended"), (other.Phase, other.Title)); // nobody is told of what they did not do
        Assert.Equal(TrackEnd.Withdrawn, (await scene.Server.SessionAsync(scene.Session)).End);
    }

    [Fact]
    public async Task When_the_last_one_leaves_the_session_ends()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await second.AllowAsync();
        await scene.Person.PressAsync("leave");
        Assert.Equal("ending", (await second.PressAsync("leave")).Phase);
        Assert.Equal("recorded", await scene.FinishAsync());
    }

    [Fact]
    public async Task Two_people_pressing_pause_and_resume_at_once_end_in_what_is_true()
    {
        second = await Person.JoinAsync(scene.Server, code);
        await second.AllowAsync();
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(scene.Person.PressAsync("pause"), second.PressAsync("resume"), scene.Person.PressAsync("resume"), second.PressAsync("pause"));
            var session = await scene.Server.SessionAsync(scene.Session);
            var (one, two) = (session.Of("p1").Paused, session.Of("p2").Paused);
            Assert.Equal(one || two, session.State is SessionState.Paused);
            Assert.Equal(one, (await scene.Person.BeatAsync()).MayResume);
            Assert.Equal(two, (await second.BeatAsync()).MayResume);
        }

        await scene.Person.PressAsync("pause");
        await second.PressAsync("pause");
        Assert.Equal("paused", (await second.PressAsync("resume")).Phase);
        Assert.Equal("Somebody else paused the recording", (await second.BeatAsync()).Title);
        Assert.Equal("recording", (await scene.Person.PressAsync("resume")).Phase);
    }

    [Fact]
    public async Task The_chat_says_who_writes_by_number_and_not_what_was_said_before_somebody_came()
    {
        using (await scene.PersonSaysAsync("only between us two")) { }
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        second = await Person.JoinAsync(scene.Server, code);
        await using var listens = await ChatListener.OpenAsync(second.Browser, "/api/live/chat");
        using (await scene.TechnicianSaysAsync("hello both")) { }
        using (await second.Browser.ScriptAsync(HttpMethod.Post, "/api/live/chat", new { text = "hello" })) { }
        var (first, other) = (await listens.NextAsync(), await listens.NextAsync());
        Assert.Equal(("hello both", null), (first.Text, first.Participant));
        Assert.Equal(("hello", "p2", false), (other.Text, other.Participant, other.Recorded)); // nothing is recorded while somebody decides
    }

    [Fact]
    public async Task Recording_begins_only_when_everybody_who_joined_has_allowed_it()
    {
        var (session, first) = await scene.Technician.StartSessionAsync();
        var other = await scene.Technician.InviteAsync(session, "p2");
        using var recorder = await TestRecorder.JoinAsync(scene.Server, first);
        await using var control = await recorder.ListenAsync();
        using var one = await Person.JoinAsync(scene.Server, first);
        using var two = await Person.JoinAsync(scene.Server, other);
        await two.AllowAsync(); // p2 opens the session
        Assert.Equal(GapReason.AwaitingConsent, (await control.NextAsync(ControlPhase.Pause)).Reason);
        await one.AllowAsync();
        var record = await control.NextAsync(ControlPhase.Record);
        Assert.Equal("p2", ConsentReceipt.Verify(record.Receipt!, session).Receipt.Participant);
    }
}
