using System.Net;
using System.Net.Http.Json;
using SecureRecorder.Admin.Sessions;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Sessions;

/// <summary>C2: single use, ten minutes, one answer for whatever does not work.</summary>
[Trait("Catalogue", "both")]
public sealed class CodeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;

    [Fact]
    public async Task Is_redeemed_once_by_a_page_and_once_by_a_recorder()
    {
        var (session, code) = await shared.Technician.StartSessionAsync();
        using var person = await Person.JoinAsync(Server, code);
        using var recorder = await TestRecorder.JoinAsync(Server, code);
        Assert.Equal(session, recorder.Session);
        Assert.Empty((await Server.SessionAsync(session)).CodeHash);
    }

    [Fact]
    public async Task Wrong_used_and_malformed_codes_get_one_and_the_same_answer()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        using var person = await Person.JoinAsync(Server, code);
        using var recorder = await TestRecorder.JoinAsync(Server, code);
        var answers = new List<string>();
        foreach (var bad in new[] { code, "0000-0000", "", "not a code at all", "ABCD-EFGU", new string('A', 500) }) { answers.Add(await JoinAsync(bad)); }
        Assert.Single(answers.Distinct());
        Assert.Contains("This code is not valid.", answers[0], StringComparison.Ordinal);
        Assert.Contains("wrong, already used, or expired", answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_gives_the_same_words()
    {
        using var person = new Person(Server);
        using var refused = await person.EnterAsync("0000-0000");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains($"{RedeemCode.RefusalTitle} {RedeemCode.RefusalDetail}", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_read_however_people_type_it()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        using var person = await Person.JoinAsync(Server, " " + code.ToLowerInvariant().Replace('-', ' ').Replace('0', 'o').Replace('1', 'l') + " ");
        Assert.NotNull(await person.NoticeAsync());
    }

    [Fact]
    public async Task A_browser_that_is_signed_in_cannot_redeem_it()
    {
        var (session, code) = await shared.Technician.StartSessionAsync();
        using var refused = await shared.Technician.Browser.SubmitAsync("/join", "/join", ("code", code));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(SessionState.Invited, (await Server.SessionAsync(session)).State);
    }

    [Fact]
    public async Task Two_pages_at_once_cannot_both_redeem_it()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        var pages = Enumerable.Range(0, 4).Select(_ => new Person(Server)).ToList();
        var answers = await Task.WhenAll(pages.Select(page => page.EnterAsync(code)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Redirect);
        pages.ForEach(page => page.Dispose());
    }

    [Fact]
    public async Task A_new_code_takes_the_place_of_the_old_one()
    {
        var (session, old) = await shared.Technician.StartSessionAsync();
        using var renewed = await shared.Technician.Browser.SubmitAsync($"/sessions/{session}", $"/sessions/{session}/code");
        Assert.Equal(HttpStatusCode.Redirect, renewed.StatusCode);
        using var person = new Person(Server);
        Assert.Equal(HttpStatusCode.NotFound, (await person.EnterAsync(old)).StatusCode);
    }

    [Fact]
    public async Task A_recorders_key_that_is_no_point_of_the_curve_is_refused()
    {
        var (_, code) = await shared.Technician.StartSessionAsync();
        using var client = new HttpClient { BaseAddress = Server.Url };
        using var refused = await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest(code, new("EC", "P-256", new string('A', 43), new string('A', 43))), RecordingJson.Default.JoinRequest);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Another_technicians_session_does_not_exist()
    {
        var (session, _) = await shared.Technician.StartSessionAsync();
        await Server.InCatalogueAsync(async catalogue =>
        {
            var found = await catalogue.Sessions.FindAsync(session);
            catalogue.Entry(found!).Property(s => s.Technician).CurrentValue = "somebody else";
            return await catalogue.SaveChangesAsync();
        });
        using var page = await shared.Technician.Browser.GetAsync($"/sessions/{session}");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    private async Task<string> JoinAsync(string code)
    {
        using var client = new HttpClient { BaseAddress = Server.Url };
        using var key = SigningKey.Create();
        using var answer = await client.PostAsJsonAsync("/api/recorder/join", new JoinRequest(code, key.Public), RecordingJson.Default.JoinRequest);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return System.Text.RegularExpressions.Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]*\"", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
    }
}
