using System.Net;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Live;

/// <summary>C6: pause, resume, end, and what happens when the page is gone.</summary>
public sealed class LiveSessionTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician technician = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        technician = await Technician.SignInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        technician.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_recorder_waits_for_the_consent_and_then_records_what_the_page_shows()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        await using var control = await recorder.ListenAsync();
        var waiting = await control.NextAsync(ControlPhase.Waiting);
        Assert.Null(waiting.Receipt);
        Assert.Null(waiting.PersonSeenMsAgo);

        using var person = await Person.JoinAsync(server, code);
        var receipt = await person.AllowAsync();
        var record = await control.NextAsync(ControlPhase.Record);
        Assert.Equal(receipt, record.Receipt);
        Assert.InRange(record.PersonSeenMsAgo!.Value, 0, 10_000);
        Assert.Equal(SessionState.Recording, (await server.SessionAsync(session)).State);
        Assert.Equal("recording", (await person.BeatAsync()).Phase);
    }

    [Fact]
    public async Task Pause_resume_and_end_reach_the_recorder_at_once()
    {
        await using var scene = await SceneAsync();
        Assert.Equal("paused", (await scene.Person.PressAsync("pause")).Phase);
        Assert.Equal(GapReason.PausedByPerson, (await scene.Control.NextAsync(ControlPhase.Pause)).Reason);
        Assert.Equal("recording", (await scene.Person.PressAsync("resume")).Phase);
        await scene.Control.NextAsync(ControlPhase.Record);
        Assert.Equal("ending", (await scene.Person.PressAsync("end")).Phase);
        Assert.Equal(TrackEnd.Ended, (await scene.Control.NextAsync(ControlPhase.End)).Reason);
    }

    [Fact]
    public async Task A_technician_cannot_resume_what_the_person_paused()
    {
        await using var scene = await SceneAsync();
        await scene.Person.PressAsync("pause");
        using var _ = await technician.Browser.SubmitAsync($"/sessions/{scene.Session}", $"/sessions/{scene.Session}/resume");
        Assert.Equal(SessionState.Paused, (await server.SessionAsync(scene.Session)).State);
    }

    [Fact]
    public async Task A_technician_can_end_it()
    {
        await using var scene = await SceneAsync();
        using var _ = await technician.Browser.SubmitAsync($"/sessions/{scene.Session}", $"/sessions/{scene.Session}/end");
        await scene.Control.NextAsync(ControlPhase.End);
        Assert.Equal("ending", (await scene.Person.BeatAsync()).Phase);
    }

    [Fact]
    public async Task A_page_that_is_gone_for_ten_seconds_pauses_and_its_return_resumes()
    {
        await using var scene = await SceneAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(GapReason.Lost, (await scene.Control.NextAsync(ControlPhase.Pause)).Reason);
        await server.WaitForAsync(scene.Session, SessionState.Paused);
        Assert.Equal("recording", (await scene.Person.BeatAsync()).Phase);
        await scene.Control.NextAsync(ControlPhase.Record);
    }

    [Fact]
    public async Task The_return_does_not_resume_what_the_person_had_paused()
    {
        await using var scene = await SceneAsync();
        await scene.Person.PressAsync("pause");
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("paused", (await scene.Person.BeatAsync()).Phase);
        Assert.Equal(GapReason.PausedByPerson, (await server.SessionAsync(scene.Session)).PausedBecause);
    }

    [Fact]
    public async Task A_page_that_is_gone_for_two_minutes_ends_the_session()
    {
        await using var scene = await SceneAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TrackEnd.ConnectionLost, (await scene.Control.NextAsync(ControlPhase.End)).Reason);
        await server.WaitForAsync(scene.Session, SessionState.Ending);
    }

    [Fact]
    public async Task The_page_says_when_the_recorder_cannot_be_heard()
    {
        await using var scene = await SceneAsync();
        await scene.Control.DisposeAsync();
        await Eventually.CompleteAsync(async () => (await scene.Person.BeatAsync()).Phase == "unsure" ? null : "The page does not say that the recorder cannot be heard.");
    }

    [Fact]
    public async Task A_restart_of_the_server_goes_on_where_it_was_without_a_gap()
    {
        await using var scene = await SceneAsync();
        await server.StartAgainAsync();
        var listening = scene.Recorder.ListenAsync(); // nothing is said before the page is heard of: the recorder counts by itself
        Assert.NotEqual("ending", (await scene.Person.BeatAsync()).Phase);
        await using var control = await listening;
        var first = await control.NextAsync(_ => true);
        Assert.Equal(ControlPhase.Record, first.Phase);
        Assert.NotNull(first.PersonSeenMsAgo);
    }

    [Fact]
    public async Task Ending_before_a_recorder_joined_is_over_at_once()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        Assert.Equal("over", (await person.PressAsync("end")).Phase);
        Assert.Equal(SessionState.Failed, (await server.SessionAsync(session)).State);
        Assert.NotNull(await server.Store.FindAsync($"v1/{session}/consent/manifest.jws", default));
        using var receipt = await person.Browser.GetAsync("/consent/receipt");
        Assert.Equal(HttpStatusCode.OK, receipt.StatusCode); // the proof outlives the session
    }

    [Fact]
    public async Task A_declined_session_closes_the_recorders_stream()
    {
        var (_, code) = await technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        await using var control = await recorder.ListenAsync();
        using var person = await Person.JoinAsync(server, code);
        using var declined = await person.Browser.SubmitAsync("/consent", "/consent/decline");
        Assert.Equal(HttpStatusCode.Redirect, declined.StatusCode);
        await control.NextAsync(ControlPhase.Closed);
        Assert.True(await control.IsOverAsync());
    }

    [Fact]
    public async Task The_pages_cookie_is_kept_from_scripts_and_other_sites()
    {
        var (_, code) = await technician.StartSessionAsync();
        using var person = new Person(server);
        using var joined = await person.EnterAsync(code);
        var cookie = joined.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("participant=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<Scene> SceneAsync()
    {
        var (session, code) = await technician.StartSessionAsync();
        var recorder = await TestRecorder.JoinAsync(server, code);
        var person = await Person.JoinAsync(server, code);
        await person.AllowAsync();
        var control = await recorder.ListenAsync();
        await control.NextAsync(ControlPhase.Record);
        return new(session, person, recorder, control);
    }

    private sealed record Scene(Guid Session, Person Person, TestRecorder Recorder, ControlStream Control) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Control.DisposeAsync();
            Person.Dispose();
            Recorder.Dispose();
        }
    }
}
