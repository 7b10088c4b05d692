using System.Net;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>Consent while something is wrong: time, the bucket, the notice.</summary>
public sealed class DisturbedConsentTests : IAsyncLifetime
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
    public async Task Ten_minutes_of_silence_are_a_decline()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        var asked = await person.NoticeAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(10.1));
        using var late = await person.GiveAsync(person.Sign(asked));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.NotEqual(SessionState.Ready, (await server.SessionAsync(session)).State);
    }

    [Fact]
    public async Task More_time_is_time_to_allow_and_when_it_is_over_too_that_is_a_decline()
    {
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        var token = await person.Browser.TokenAsync("/consent");
        using var extended = await person.Browser.PostAsync("/consent/more-time", token);
        server.Clock.Advance(TimeSpan.FromMinutes(15));
        using var receipt = await person.GiveAsync(person.Sign(await person.NoticeAsync()));
        Assert.Equal(HttpStatusCode.OK, receipt.StatusCode);

        var (late, second) = await technician.StartSessionAsync();
        using var other = await Person.JoinAsync(server, second);
        var asked = await other.NoticeAsync();
        token = await other.Browser.TokenAsync("/consent");
        using var once = await other.Browser.PostAsync("/consent/more-time", token);
        server.Clock.Advance(TimeSpan.FromMinutes(20.1));
        using var again = await other.Browser.PostAsync("/consent/more-time", token);
        using var given = await other.GiveAsync(other.Sign(asked));
        Assert.Equal(HttpStatusCode.Conflict, given.StatusCode);
        Assert.NotEqual(SessionState.Ready, (await server.SessionAsync(late)).State);
    }

    [Fact]
    public async Task With_the_bucket_away_there_is_no_consent_and_trying_again_works()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        var receipt = person.Sign(await person.NoticeAsync());
        server.Store.IsDown = true;
        using var away = await person.GiveAsync(receipt);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal(SessionState.AwaitingConsent, (await server.SessionAsync(session)).State);

        server.Store.IsDown = false;
        server.Clock.Advance(TimeSpan.FromSeconds(10)); // a bad look at the location is repeated soon
        using var again = await person.GiveAsync(receipt);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task What_a_failed_try_left_behind_does_not_stop_the_next()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        await server.Store.PutOnceAsync($"v1/{session}/consent/key.json", new byte[10], default);
        await person.AllowAsync();
        Assert.Equal(SessionState.Ready, (await server.SessionAsync(session)).State);
    }

    [Fact]
    public async Task A_recorder_that_joins_while_the_consent_is_being_stored_takes_nothing_from_it()
    {
        var (session, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        TestRecorder? recorder = null;
        server.Store.BeforePut = async _ => recorder ??= await TestRecorder.JoinAsync(server, code);
        var receipt = await person.AllowAsync();
        using (recorder)
        {
            await using var control = await recorder!.ListenAsync();
            Assert.Equal(receipt, (await control.NextAsync(ControlPhase.Record)).Receipt);
        }

        Assert.NotNull((await server.SessionAsync(session)).RecorderJoinedAt);
    }

    [Fact]
    public async Task A_page_and_a_recorder_that_redeem_the_code_at_the_same_moment_both_get_in()
    {
        for (var round = 0; round < 8; round++)
        {
            var (session, code) = await technician.StartSessionAsync();
            var (page, recorder) = (Person.JoinAsync(server, code), TestRecorder.JoinAsync(server, code));
            await Task.WhenAll(page, recorder);
            (await page).Dispose();
            (await recorder).Dispose();
            Assert.Empty((await server.SessionAsync(session)).CodeHash);
        }
    }

    [Fact]
    public async Task A_public_location_stops_new_sessions_consents_and_uploads()
    {
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        using var recorder = await TestRecorder.JoinAsync(server, code);
        await person.AllowAsync();
        var (_, second) = await technician.StartSessionAsync();
        using var other = await Person.JoinAsync(server, second);

        server.Store.Verdict = StrangerVerdict.Public;
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        await person.BeatAsync();
        using var start = await technician.Browser.SubmitAsync("/", "/sessions", ("ticket", ""), ("accepted", "true"));
        using var consent = await other.GiveAsync(other.Sign(await other.NoticeAsync()));
        using var addresses = await recorder.AskAddressesAsync("video", "key.json");
        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable], [start.StatusCode, consent.StatusCode, addresses.StatusCode]);
        Assert.Contains("public", await start.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_the_receipt_is_read_back_from_the_bucket()
    {
        var (_, code) = await technician.StartSessionAsync();
        using var person = await Person.JoinAsync(server, code);
        using var recorder = await TestRecorder.JoinAsync(server, code);
        var receipt = await person.AllowAsync();
        await server.StartAgainAsync();
        await person.BeatAsync();
        await using var control = await recorder.ListenAsync();
        var said = await control.NextAsync(ControlPhase.Record);
        Assert.Equal(receipt, said.Receipt);
        Assert.NotNull(said.Countersignature);
    }
}
