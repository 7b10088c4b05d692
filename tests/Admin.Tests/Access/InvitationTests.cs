using System.Net;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>One-time links: what they open, once, and what becomes of those that are used, old, replaced or guessed.</summary>
[Trait("Catalogue", "both")]
public sealed class InvitationTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private Server Server => shared.Server;
    private Browser Admin => shared.Technician.Browser;

    [Fact]
    public async Task An_invited_technician_sets_up_signs_in_and_starts_a_session()
    {
        using var ben = await Member.JoinAsync(Server, Admin, "ben", Roles.Technician);
        Assert.Equal(RecoveryCodes.Count, ben.RecoveryCodes.Distinct(StringComparer.Ordinal).Count());
        using var started = await ben.Browser.SubmitAsync("/", "/sessions", ("ticket", "mine"), ("accepted", "true"));
        Assert.StartsWith("/sessions/", started.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Contains("mine", await ben.Browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("mine", await Admin.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Equal(
            ["tina account.invited allowed ben: technician", "ben account.set-up allowed password and authenticator, from a one-time link", "ben account.sign-in allowed authenticator"],
            (await Server.AccountAuditAsync()).Where(row => row.Contains("ben", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_link_works_once_also_for_two_at_the_same_moment()
    {
        var link = await Member.InviteAsync(Admin, "cleo", Roles.Technician);
        using var cleo = new Member(Server, "cleo");
        var form = await cleo.FormAsync(link, Member.Password);
        var token = await cleo.Browser.TokenAsync(link);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cleo.Browser.PostAsync(link, token, form)));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.NotFound));
        foreach (var answer in answers) { answer.Dispose(); }

        using var later = new Browser(Server);
        Assert.Equal(HttpStatusCode.NotFound, (await later.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task A_link_is_over_after_three_days_and_a_new_one_takes_the_place_of_the_old()
    {
        await using var server = await Server.StartAsync();
        using var tina = await Technician.SignInAsync(server);
        var first = await Member.InviteAsync(tina.Browser, "dora", Roles.Auditor);
        using var dora = new Member(server, "dora");
        await dora.FindAsync();
        using (var again = await tina.Browser.SubmitAsync($"/people/{dora.Id}", $"/people/{dora.Id}/reset"))
        {
            var second = Member.LinkOf(await again.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.NotFound, (await dora.Browser.GetAsync(first)).StatusCode);
            server.Clock.Advance(AccountLinks.Validity - TimeSpan.FromMinutes(1));
            Assert.Equal(HttpStatusCode.OK, (await dora.Browser.GetAsync(second)).StatusCode);
            var form = await dora.FormAsync(second, Member.Password);
            var token = await dora.Browser.TokenAsync(second);
            server.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(HttpStatusCode.NotFound, (await dora.Browser.GetAsync(second)).StatusCode);
            using var late = await dora.Browser.PostAsync(second, token, form); // a page that was opened in time
            Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        }
    }

    [Theory]
    [InlineData("/welcome/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/welcome/%27%20or%201%3D1")]
    [InlineData("/setup/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_guessed_link_opens_nothing(string path)
    {
        using var stranger = new Browser(Server);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Guessing_links_is_slowed_down()
    {
        await using var server = await Server.StartAsync(("RateLimits:TriesPerAddress", "10"));
        using var stranger = new Browser(server);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 12; i++) { answers.Add((await stranger.GetAsync($"/welcome/{i}")).StatusCode); }
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    [Fact]
    public async Task Neither_token_nor_recovery_codes_nor_password_lie_in_the_data_folder()
    {
        var link = await Member.InviteAsync(Admin, "eve", Roles.Technician);
        Assert.NotEmpty(Server.FilesThatHold("PRIVATE KEY")); // it finds what is there
        Assert.Empty(Server.FilesThatHold(link.Split('/')[^1]));
        using var eve = new Member(Server, "eve");
        using var done = await eve.SetUpAsync(link, "eve's long password");
        foreach (var secret in (string[])["eve's long password", eve.Secret.Replace(" ", "", StringComparison.Ordinal), .. eve.RecoveryCodes, .. eve.RecoveryCodes.Select(code => code.Replace("-", "", StringComparison.Ordinal))])
        {
            Assert.Empty(Server.FilesThatHold(secret));
        }
    }

    [Theory]
    [InlineData("", "technician", "e-mail address or a user name")]
    [InlineData("participant", "technician", "kept for the audit trail")]
    [InlineData("Server", "technician", "kept for the audit trail")]
    [InlineData("tina", "technician", "already taken")]
    [InlineData("TINA", "technician", "already taken")]
    [InlineData("a\nb", "technician", "invalid")]
    [InlineData("fred", "", "at least one role")]
    [InlineData("fred", "root", "There is no role 'root'")]
    public async Task Who_cannot_be_invited_is_told_why(string userName, string role, string why)
    {
        using var answer = await Admin.SubmitAsync("/people", "/people", [("displayName", "Fred"), ("userName", userName), .. role.Length == 0 ? [] : new[] { ("roles", role) }]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(why, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }
}
