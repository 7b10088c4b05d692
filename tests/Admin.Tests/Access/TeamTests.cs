using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Teams: made and filled by admins, read by others by user name.</summary>
[Trait("Catalogue", "both")]
public sealed class TeamTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task An_admin_makes_a_team_puts_people_in_and_takes_them_out()
    {
        await Member.InviteAsync(shared.Technician.Browser, "uma", Roles.Technician);
        await RequireAsync("/teams", HttpStatusCode.Redirect, ("name", " Second line "));
        var id = await shared.Server.InAccountsAsync(accounts => Task.FromResult(accounts.Teams.Single(team => team.Name == "Second line").Id));
        await RequireAsync($"/teams/{id}/members", HttpStatusCode.Redirect, ("userName", "uma"), ("isLead", "true"));
        await RequireAsync($"/teams/{id}/members", HttpStatusCode.Redirect, ("userName", Technician.UserName));
        Assert.Equal([new TeamMembership(id, "Second line", true)], await TeamsOfAsync("uma"));
        Assert.Equal([new TeamMembership(id, "Second line", false)], await TeamsOfAsync(Technician.UserName));
        Assert.Contains("Second line", await shared.Technician.Browser.ReadAsync("/people"), StringComparison.Ordinal);

        await RequireAsync($"/teams/{id}/members", HttpStatusCode.Redirect, ("userName", "uma"), ("isLead", "false"));
        await RequireAsync($"/teams/{id}/name", HttpStatusCode.Redirect, ("name", "Third line"));
        Assert.Equal([new TeamMembership(id, "Third line", false)], await TeamsOfAsync("uma"));
        await RequireAsync($"/teams/{id}/members/remove", HttpStatusCode.Redirect, ("userName", "uma"));
        Assert.Empty(await TeamsOfAsync("uma"));
        await RequireAsync($"/teams/{id}/remove", HttpStatusCode.Redirect);
        Assert.Empty(await TeamsOfAsync(Technician.UserName));
        Assert.Equal(
            [
                "tina team.created allowed Second line", "tina team.member allowed Second line: uma is lead", "tina team.member allowed Second line: tina is member",
                "tina team.member allowed Second line: uma is member", "tina team.renamed allowed Second line: Third line", "tina team.member allowed Third line: uma is in it no more", "tina team.removed allowed Third line",
            ], (await shared.Server.AccountAuditAsync()).Where(row => row.Contains("team.", StringComparison.Ordinal) && row.Contains(" line", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_words()
    {
        await RequireAsync("/teams", HttpStatusCode.Redirect, ("name", "Night"));
        var id = await shared.Server.InAccountsAsync(accounts => Task.FromResult(accounts.Teams.Single(team => team.Name == "Night").Id));
        Assert.Contains("There is a team 'Night' already", await RequireAsync("/teams", HttpStatusCode.UnprocessableEntity, ("name", "Night")), StringComparison.Ordinal);
        Assert.Contains("at most 60 characters", await RequireAsync("/teams", HttpStatusCode.UnprocessableEntity, ("name", new string('x', 61))), StringComparison.Ordinal);
        Assert.Contains("no account 'nobody'", await RequireAsync($"/teams/{id}/members", HttpStatusCode.UnprocessableEntity, ("userName", "nobody")), StringComparison.Ordinal);
        Assert.Contains("no such team", await RequireAsync("/teams/99999/members", HttpStatusCode.UnprocessableEntity, ("userName", Technician.UserName)), StringComparison.Ordinal);
    }

    private async Task<string> RequireAsync(string action, HttpStatusCode expected, params (string, string)[] fields)
    {
        using var answer = await shared.Technician.Browser.SubmitAsync("/teams", action, fields);
        Assert.Equal(expected, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private async Task<List<TeamMembership>> TeamsOfAsync(string userName)
    {
        await using var scope = shared.Server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TeamsOfAccounts>().OfAsync(userName, CancellationToken.None);
    }
}
