using System.Net;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>Where the recorded person may be a minor, nothing is recorded before a guardian has allowed it too, on a page of their own.</summary>
public sealed class GuardianTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
        await PublishAsync("true", 2);
    }

    public async ValueTask DisposeAsync()
    {
        technician.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Two_codes_are_shown_from_the_start_and_recording_waits_for_both_in_either_order()
    {
        foreach (var guardianFirst in new[] { true, false })
        {
            var (session, code) = await technician.StartSessionAsync();
            var guardiansCode = await technician.CodeOfAsync(session, "g1");
            using var recorder = await TestRecorder.JoinAsync(server, code);
            await using var control = await recorder.ListenAsync();
            using var person = await Person.JoinAsync(server, code);
            using var guardian = await Person.JoinAsync(server, guardiansCode);
            await (guardianFirst ? guardian : person).AllowAsync();
            Assert.Equal(GapReason.AwaitingConsent, (await control.NextAsync(ControlPhase.Pause)).Reason);
            await (guardianFirst ? person : guardian).AllowAsync();
            await control.NextAsync(ControlPhase.Record);
        }
    }

    [Fact]
    public async Task Nothing_is_recorded_while_the_guardian_has_not_even_come()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        await using var control = await recorder.ListenAsync();
        using var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        Assert.Equal(GapReason.AwaitingConsent, (await control.NextAsync(ControlPhase.Pause)).Reason);
        Assert.Equal("paused", (await person.BeatAsync()).Phase);
        Assert.Equal(SessionState.Paused, (await server.SessionAsync(session)).State);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr")]
    [InlineData("es")]
    public async Task The_guardians_notice_says_in_whose_place_they_decide_and_the_receipt_is_theirs(string tag)
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await JoinAsync(code, tag);
        using var guardian = await JoinAsync(await technician.CodeOfAsync(session, "g1"), tag);
        var frame = ParticipantLanguage.Find(tag)!.Frame;
        Assert.Contains(frame.GuardianToo, (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(frame.GuardianDecides, (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        Assert.Contains(frame.GuardianDecides, (await guardian.NoticeAsync()).Text, StringComparison.Ordinal);
        var (receipt, _) = ConsentReceipt.Verify(await guardian.AllowAsync(), session);
        Assert.Equal("g1", receipt.Participant);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_browser_of_one_of_them_cannot_be_the_other_not_even_after_leaving(bool personFirst)
    {
        var (session, code) = await technician.StartSessionAsync();
        var guardiansCode = await technician.CodeOfAsync(session, "g1");
        using var one = await Person.JoinAsync(server, personFirst ? code : guardiansCode);
        using (var refused = await one.EnterAsync(personFirst ? guardiansCode : code)) { Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode); }
        using var other = await Person.JoinAsync(server, personFirst ? guardiansCode : code);
        await one.AllowAsync();
        await other.AllowAsync();

        var (next, nextGuardian) = (await technician.InviteAsync(session, "p2"), await technician.CodeOfAsync(session, "g2"));
        using (await one.Browser.ScriptAsync(HttpMethod.Post, "/api/live/leave")) { }
        if (personFirst)
        {
            Assert.Equal((SessionState.Failed, TrackEnd.Ended), ((await server.SessionAsync(session)).State, (await server.SessionAsync(session)).End)); // the only person is gone, and no recorder ever came
            return;
        }

        using (var refused = await one.EnterAsync(next)) { Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode); }
        using var again = await one.EnterAsync(nextGuardian);
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task A_guardian_who_declines_ends_it_and_nothing_was_recorded()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        using var guardian = await Person.JoinAsync(server, await technician.CodeOfAsync(session, "g1"));
        using (await guardian.Browser.SubmitAsync("/consent", "/consent/decline")) { }
        Assert.Equal(SessionState.Declined, (await server.SessionAsync(session)).State);
        using var asked = await person.Browser.ScriptAsync(HttpMethod.Get, "/api/consent");
        Assert.Equal(HttpStatusCode.Conflict, asked.StatusCode); // there is nothing to sign any more
        using var late = await person.GiveAsync("what.ever.else");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task Who_reads_a_notice_for_minors_needs_a_guardian_also_where_the_session_began_under_another_one()
    {
        await PublishAsync("", 3);
        var (session, code) = await technician.StartSessionAsync();
        Assert.Single((await server.SessionAsync(session)).Participants);
        await PublishAsync("true", 4);
        using var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        Assert.Equal(GapReason.AwaitingConsent, (await server.SessionAsync(session)).PausedBecause);
        using (await technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/code", ("participant", "g1"))) { }
        using var guardian = await Person.JoinAsync(server, await technician.CodeOfAsync(session, "g1"));
        await guardian.AllowAsync();
        Assert.Equal(SessionState.Ready, (await server.SessionAsync(session)).State);
    }

    private async Task PublishAsync(string asks, int version)
    {
        using var saved = await technician.SaveDraftAsync("en", (nameof(NoticeDraft.AsksGuardian), asks));
        using var published = await technician.Browser.SubmitAsync("/notices", "/notices/publish", ("version", $"{version}"));
        Assert.Equal(HttpStatusCode.Redirect, published.StatusCode);
    }

    private async Task<Person> JoinAsync(string code, string tag)
    {
        var person = new Person(server);
        person.Browser.AcceptLanguage = tag;
        using var joined = await person.EnterAsync(code);
        Assert.Equal("/consent", joined.Headers.Location?.ToString());
        return person;
    }
}
