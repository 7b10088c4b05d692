using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Consent;

/// <summary>Nobody decides, controls or reads for another participant.</summary>
public sealed class WrongParticipantTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;
    private Technician Technician => shared.Technician;

    [Fact]
    public async Task A_receipt_of_the_first_is_not_the_seconds_and_the_other_way_round()
    {
        var (session, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            var (first, second) = (one.Sign(await one.NoticeAsync()), two.Sign(await two.NoticeAsync()));
            await RefusedAsync(two, first, HttpStatusCode.UnprocessableEntity);
            await RefusedAsync(one, second, HttpStatusCode.UnprocessableEntity);
            await RefusedAsync(two, two.Sign(await two.NoticeAsync(), receipt => receipt with { Participant = "g1" }), HttpStatusCode.UnprocessableEntity);
            Assert.All((await Server.SessionAsync(session)).Participants, participant => Assert.Equal(ParticipantState.Deciding, participant.State));
        }
    }

    [Fact]
    public async Task A_seconds_receipt_of_another_session_is_refused()
    {
        var (_, one, two) = await BothAsync();
        var (other, three, four) = await BothAsync();
        using (one)
        using (two)
        using (three)
        using (four)
        {
            await RefusedAsync(four, await two.AllowAsync(), HttpStatusCode.UnprocessableEntity);
            Assert.Equal(ParticipantState.Deciding, (await Server.ParticipantAsync(other, "p2")).State);
        }
    }

    [Fact]
    public async Task A_page_that_is_open_twice_decides_once()
    {
        var (_, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            var receipt = two.Sign(await two.NoticeAsync());
            var answers = await Task.WhenAll(two.GiveAsync(receipt), two.GiveAsync(receipt), two.GiveAsync(receipt));
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
            using (await two.Browser.PostAsync("/consent/decline", await two.Browser.TokenAsync("/join"))) { } // the other tab still shows the notice
            Assert.Equal(ParticipantState.Allowed, (await Server.ParticipantAsync((await two.NoticeAsync()).Session, "p2")).State);
        }
    }

    [Fact]
    public async Task Who_has_not_allowed_it_controls_nothing()
    {
        var (session, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            await one.AllowAsync();
            using (await two.Browser.SubmitAsync("/consent", "/consent/decline")) { }
            foreach (var action in new[] { "pause", "resume", "end", "leave", "withdraw", "erase" })
            {
                using var refused = await two.Browser.ScriptAsync(HttpMethod.Post, $"/api/live/{action}");
                Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            }

            using var receipt = await two.Browser.GetAsync("/consent/receipt");
            Assert.Equal(HttpStatusCode.NotFound, receipt.StatusCode);
            var still = await Server.SessionAsync(session);
            Assert.Equal((SessionState.Paused, false), (still.State, still.Of("p2").Paused));
        }
    }

    [Fact]
    public async Task A_seconds_code_works_once_and_never_for_a_recorder()
    {
        var (session, _) = await Technician.StartSessionAsync();
        var code = await Technician.InviteAsync(session, "p2");
        using var client = new HttpClient { BaseAddress = Server.Url };
        using var key = SigningKey.Create();
        using var refused = await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest(code, key.Public), RecordingJson.Default.JoinRequest);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var two = await Person.JoinAsync(Server, code);
        using var again = new Person(Server);
        Assert.Equal(HttpStatusCode.NotFound, (await again.EnterAsync(code)).StatusCode);
    }

    [Fact]
    public async Task One_browser_is_not_two_participants_and_the_code_is_not_lost()
    {
        var (session, first) = await Technician.StartSessionAsync();
        var code = await Technician.InviteAsync(session, "p2");
        using var one = await Person.JoinAsync(Server, first);
        using (var refused = await one.EnterAsync(code))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("their own code on their own device", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("p1", (await one.NoticeAsync()).Participant); // the cookie is still the first one's
        using var two = await Person.JoinAsync(Server, code);
        Assert.Equal("p2", (await two.NoticeAsync()).Participant);
    }

    [Fact]
    public async Task A_participants_cookie_opens_nothing_of_the_technicians_and_a_technicians_nothing_of_theirs()
    {
        var (session, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            foreach (var path in new[] { $"/api/sessions/{session}", $"/api/sessions/{session}/chat" })
            {
                using var refused = await two.Browser.ScriptAsync(HttpMethod.Get, path);
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            foreach (var action in new[] { "invite", "code", "pause", "resume", "end" })
            {
                using var refused = await two.Browser.SubmitAsync("/join", $"/sessions/{session}/{action}");
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            foreach (var path in new[] { "/api/consent", "/api/live/heartbeat", "/api/live/pause", "/api/live/leave", "/api/live/withdraw", "/api/live/chat" })
            {
                using var refused = await Technician.Browser.ScriptAsync(HttpMethod.Post, path, new { receipt = "x", text = "x" });
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            }

            Assert.Equal(2, (await Server.SessionAsync(session)).Participants.Count);
        }
    }

    [Fact]
    public async Task Nothing_that_a_technician_can_send_makes_a_consent()
    {
        var (session, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            var receipts = new[] { one.Sign(await one.NoticeAsync()), two.Sign(await two.NoticeAsync()) }; // even with what the devices signed
            foreach (var receipt in receipts)
            {
                using var given = await Technician.Browser.ScriptAsync(HttpMethod.Post, "/api/consent", new { receipt });
                Assert.Equal(HttpStatusCode.Unauthorized, given.StatusCode);
            }

            foreach (var action in new[] { "code", "invite", "pause", "resume", "chat", "consent", "allow", "accept" })
            {
                using (await Technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/{action}", ("participant", "p2"), ("receipt", receipts[1]), ("accepted", "true"))) { }
            }

            Assert.All((await Server.SessionAsync(session)).Participants, participant => Assert.Null(participant.ConsentAt));
        }
    }

    [Fact]
    public async Task A_receipts_link_shows_what_its_own_participant_signed_and_asked_and_no_one_elses()
    {
        var (_, one, two) = await BothAsync();
        using (one)
        using (two)
        {
            await one.AllowAsync();
            await two.AllowAsync();
            var (first, second) = (await PageAsync(one), await PageAsync(two));
            Assert.NotEqual(first, second);
            using var browser = new Browser(Server);
            using (var asked = await browser.SubmitAsync(second, second + "/requests", ("kind", "erasure"), ("text", "the second one asks"), ("contact", ""))) { Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode); }
            Assert.Contains("the second one asks", await browser.ReadAsync(second), StringComparison.Ordinal);
            Assert.DoesNotContain("the second one asks", await browser.ReadAsync(first), StringComparison.Ordinal);

            var (id, mac) = (first[..(first.IndexOf('.', StringComparison.Ordinal))], first[first.IndexOf('.', StringComparison.Ordinal)..]);
            var others = second[second.IndexOf('.', StringComparison.Ordinal)..];
            foreach (var forged in new[] { $"{id}-p2{mac}", $"{id}{others}", $"{id}-p1{mac}", $"{id}-p3{others}", $"{id}-g1{others}", $"{id}-p2" })
            {
                using var refused = await browser.GetAsync(forged);
                Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_session_has_nine_persons_at_most()
    {
        var (session, _) = await Technician.StartSessionAsync();
        for (var number = 2; number <= Participant.MostPersons; number++) { Assert.Matches("^[0-9A-Z]{4}-[0-9A-Z]{4}$", await Technician.InviteAsync(session, $"p{number}")); }
        Assert.DoesNotContain("Invite one more person", await Technician.Browser.ReadAsync($"/sessions/{session}"), StringComparison.Ordinal);
        using var refused = await Technician.Browser.PostAsync($"/sessions/{session}/invite", await Technician.Browser.TokenAsync($"/sessions/{session}"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task A_new_code_of_the_second_replaces_only_theirs()
    {
        var (session, first) = await Technician.StartSessionAsync();
        var old = await Technician.InviteAsync(session, "p2");
        using (await Technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/code", ("participant", "p2"))) { }
        using (var gone = new Person(Server)) { Assert.Equal(HttpStatusCode.NotFound, (await gone.EnterAsync(old)).StatusCode); }
        using var two = await Person.JoinAsync(Server, await Technician.CodeOfAsync(session, "p2"));
        using var one = await Person.JoinAsync(Server, first);
        using var none = await Technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/code", ("participant", "p7"));
        Assert.Equal(HttpStatusCode.Conflict, none.StatusCode);
    }

    private async Task<(Guid Session, Person One, Person Two)> BothAsync()
    {
        var (session, first) = await Technician.StartSessionAsync();
        var second = await Technician.InviteAsync(session, "p2");
        return (session, await Person.JoinAsync(Server, first), await Person.JoinAsync(Server, second));
    }

    private static async Task RefusedAsync(Person person, string receipt, HttpStatusCode status)
    {
        using var answer = await person.GiveAsync(receipt);
        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<string> PageAsync(Person person)
    {
        using var answer = await person.Browser.GetAsync("/consent/receipt");
        return new Uri((string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["page"]!).AbsolutePath;
    }
}
