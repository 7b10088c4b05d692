using System.Net;
using SecureRecorder.Admin.Tests.Retention;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Chat;

/// <summary>Each team says what becomes of the chat in its sessions, and a session keeps what it began with.</summary>
public sealed class TeamChatTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string ChatIsRecorded = "And your chat meanwhile";

    [Fact]
    public async Task A_session_has_the_chat_of_its_team_and_keeps_it_and_the_notice_says_so()
    {
        var (quiet, loud) = (await TeamAsync("Quiet", nameof(RetentionKind.None)), await TeamAsync("Loud", nameof(RetentionKind.Days)));
        var (first, code) = await shared.Technician.StartSessionAsync(team: quiet);
        using var person = await Person.JoinAsync(shared.Server, code);
        await shared.Technician.SavePolicyAsync(quiet, ("Chat.Keep", "Days"), ("Chat.Days", "30"));
        Assert.Equal((quiet, ChatKeeping.Nothing), await TeamAndChatAsync(first));
        Assert.DoesNotContain(ChatIsRecorded, (await person.NoticeAsync()).Text, StringComparison.Ordinal);
        Assert.False((await person.NoticeAsync()).Choices.Chat);

        var (second, next) = await shared.Technician.StartSessionAsync(team: loud);
        using var other = await Person.JoinAsync(shared.Server, next);
        Assert.Equal((loud, ChatKeeping.Recording), await TeamAndChatAsync(second));
        Assert.Contains(ChatIsRecorded, (await other.NoticeAsync()).Text, StringComparison.Ordinal);

        // Who is in several teams says for which one; nobody starts a session for a team that they are not in.
        foreach (var (team, words) in new[] { ("", "Choose the team"), ("99999", "You are not in the team") })
        {
            using var refused = await shared.Technician.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"), ("team", team));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(words, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private async Task<(int?, ChatKeeping)> TeamAndChatAsync(Guid id) => await shared.Server.SessionAsync(id) is var session ? (session.Team, session.Chat) : default;

    private async Task<int> TeamAsync(string name, string chat)
    {
        await SubmitAsync("/teams", ("name", name));
        var id = await IdAsync(name);
        await SubmitAsync($"/teams/{id}/members", ("userName", Technician.UserName));
        await shared.Technician.SavePolicyAsync(id, ("Chat.Keep", chat), ("Chat.Days", "60"));
        return id;
    }

    private Task<int> IdAsync(string name) => shared.Server.InAccountsAsync(accounts => Task.FromResult(accounts.Teams.Single(team => team.Name == name).Id));

    private async Task SubmitAsync(string action, params (string, string)[] fields)
    {
        using var answer = await shared.Technician.Browser.SubmitAsync("/teams", action, fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }
}
