using System.Net;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access.Entitlements;

/// <summary>Who may give and take rights: configuring is not watching.</summary>
[Trait("Catalogue", "both")]
public sealed class GrantTests(RightsScene scene) : IClassFixture<RightsScene>
{
    [Fact]
    public async Task Nobody_gives_a_right_to_themselves_not_even_by_a_team()
    {
        using var eva = await Member.JoinAsync(scene.Server, scene.Tina.Browser, "eva", Roles.Admin, Roles.Technician);
        var team = await scene.TeamAsync("Admins", ("eva", false));
        var session = await scene.RecordAsync(scene.Team);
        foreach (var (by, subject) in new[] { (eva.Browser, "account:eva"), (eva.Browser, $"team:{team}"), (scene.Lara.Browser, "account:lara") })
        {
            Assert.Contains("gives themselves the right", await RefusedAsync(by, subject, $"{session}"), StringComparison.Ordinal);
        }

        Assert.Contains(await scene.AuditOfAsync(session), row => row.StartsWith("eva entitlement.granted refused eva: video and chat of one session", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await eva.Browser.GetAsync($"/sessions/{session}")).StatusCode);
    }

    [Fact]
    public async Task An_admin_cannot_walk_into_a_team_that_has_rights()
    {
        using var eva = await Member.JoinAsync(scene.Server, scene.Tina.Browser, "eva-two", Roles.Admin);
        var team = await scene.TeamAsync("Reviewers", ("cora", false));
        var session = await scene.RecordAsync();
        await scene.GrantedAsync($"team:{team}", $"{session}");
        using var answer = await eva.Browser.SubmitAsync("/teams", $"/teams/{team}/members", ("userName", "eva-two"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("Ask another org admin", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Contains(await scene.Server.AccountAuditAsync(), row => row.StartsWith("eva-two team.member refused Reviewers", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await eva.Browser.GetAsync($"/sessions/{session}")).StatusCode);
        await scene.JoinAsync(team, "eva-two"); // another admin can
    }

    [Fact]
    public async Task A_lead_gives_rights_to_their_teams_sessions_to_its_members_and_no_others()
    {
        await scene.LabelAsync("Leads");
        var (own, foreign) = (await scene.RecordAsync(scene.Team, "Leads"), await scene.RecordAsync(scene.ForeignTeam));
        using (var session = await scene.GrantAsync(scene.Lara.Browser, "account:cora", $"{own}")) { Assert.Equal(HttpStatusCode.Redirect, session.StatusCode); }
        using (var all = await scene.GrantAsync(scene.Lara.Browser, "account:cora", $"team:{scene.Team}")) { Assert.Equal(HttpStatusCode.Redirect, all.StatusCode); }
        Assert.NotNull(await RightsScene.OpenAsync(scene.Cora.Browser, own));

        Assert.Contains("Choose what may be watched", await RefusedAsync(scene.Lara.Browser, "account:cora", $"{foreign}"), StringComparison.Ordinal); // as if it did not exist
        Assert.Contains("You lead no team", await RefusedAsync(scene.Lara.Browser, "account:cora", $"team:{scene.ForeignTeam}"), StringComparison.Ordinal);
        Assert.Contains("You lead no team", await RefusedAsync(scene.Lara.Browser, "account:cora", "label:Leads"), StringComparison.Ordinal);
        Assert.Contains("fritz is not in that team", await RefusedAsync(scene.Lara.Browser, "account:fritz", $"{own}"), StringComparison.Ordinal);
        Assert.Contains("single members", await RefusedAsync(scene.Lara.Browser, $"team:{scene.ForeignTeam}", $"{own}"), StringComparison.Ordinal);
        Assert.Contains("You lead no team", await RefusedAsync(scene.Fritz.Browser, "account:fritz", $"team:{scene.Team}"), StringComparison.Ordinal);
        Assert.Contains("You lead no team", await RefusedAsync(scene.Cora.Browser, "account:lara", $"team:{scene.Team}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_lead_neither_sees_nor_takes_away_a_right()
    {
        using var zoe = await Member.JoinAsync(scene.Server, scene.Tina.Browser, "zoe", Roles.Technician);
        var session = await scene.RecordAsync(scene.Team);
        var right = await scene.GrantedAsync("account:zoe", $"{session}", ("Reason", "the case of Miller"));
        Assert.DoesNotContain("the case of Miller", await scene.Fritz.Browser.ReadAsync("/rights"), StringComparison.Ordinal);
        using (var answer = await scene.RevokeAsync(scene.Fritz.Browser, right)) { Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode); }
        Assert.NotNull(await RightsScene.OpenAsync(zoe.Browser, session));

        Assert.Contains("the case of Miller", await scene.Lara.Browser.ReadAsync("/rights"), StringComparison.Ordinal);
        using (var answer = await scene.RevokeAsync(scene.Lara.Browser, right)) { Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode); }
        Assert.Null(await RightsScene.OpenAsync(zoe.Browser, session));
    }

    [Theory]
    [InlineData("Reason", "", "Say why")]
    [InlineData("Reason", "two\nlines", "Say why")]
    [InlineData("Until", "", "last day")]
    [InlineData("Until", "2020-01-01", "last day")]
    [InlineData("Until", "2199-01-01", "last day")]
    [InlineData("Until", "9999-12-31", "last day")]
    [InlineData("For", "account:nobody", "Choose who may watch")]
    [InlineData("For", "team:99999", "Choose who may watch")]
    [InlineData("For", "team:-1", "Choose who may watch")]
    [InlineData("Of", "label:None such", "Choose what may be watched")]
    [InlineData("Of", "team:99999", "Choose what may be watched")]
    [InlineData("Of", "everything", "Choose what may be watched")]
    [InlineData("SessionAddress", "not an address", "Choose what may be watched")]
    public async Task What_cannot_be_given_is_refused_in_words(string field, string value, string words)
    {
        var (session, _) = await scene.Tina.StartSessionAsync();
        using var answer = await scene.GrantAsync(scene.Ada.Browser, "account:cora", $"{session}", (field, value));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(words, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_to_nothing_is_refused()
    {
        var (session, _) = await scene.Tina.StartSessionAsync();
        using var answer = await scene.GrantAsync(scene.Ada.Browser, "account:cora", $"{session}", ("Video", "false"), ("Chat", "false"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    private async Task<string> RefusedAsync(Browser by, string subject, string of)
    {
        using var answer = await scene.GrantAsync(by, subject, of);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
