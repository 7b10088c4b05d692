using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Retention;

/// <summary>Where the first versions come from: the configuration, and what teams had chosen for their chats before there were policies.</summary>
[Trait("Catalogue", "both")]
public sealed class SeedPoliciesTests
{
    [Fact]
    public async Task The_configuration_counts_until_an_admin_saves_a_version_and_a_teams_old_choice_becomes_its_policy()
    {
        await using var server = await Server.StartAsync(("Notice:RetentionDays", "45"), ("Chat:Keep", "Session"));
        Assert.Equal([(1, "server", 45, RetentionKind.Session)], (await server.PoliciesAsync(0)).Select(Said));

        // A catalogue of before: a team with a choice, a session without a version.
        var team = new Team { Name = "Quiet", Chat = ChatKeeping.Nothing };
        await server.InAccountsAsync(accounts =>
        {
            accounts.Teams.Add(team);
            return accounts.SaveChangesAsync();
        });
        await server.StartAgainAsync();
        Assert.Equal([(1, "server", 45, RetentionKind.None)], (await server.PoliciesAsync(team.Id)).Select(Said));
        Assert.Null(await server.InAccountsAsync(accounts => accounts.Teams.Where(t => t.Id == team.Id).Select(t => t.Chat).SingleAsync()));

        server.Configure("Notice:RetentionDays", "50");
        await server.StartAgainAsync();
        Assert.Equal([(1, "server", 45, RetentionKind.Session), (2, "server", 50, RetentionKind.Session)], (await server.PoliciesAsync(0)).Select(Said));
        await server.StartAgainAsync(); // nothing new
        Assert.Equal(2, (await server.PoliciesAsync(0)).Count);

        using (var admin = await Technician.SignInAsync(server)) { await admin.SavePolicyAsync(0, ("Screen.Days", "7")); }
        server.Configure("Notice:RetentionDays", "99");
        await server.StartAgainAsync();
        Assert.Equal((3, Technician.UserName, 7), (await server.PoliciesAsync(0)) is [.., var newest] ? (newest.Version, newest.By, newest.Of(RetentionPart.Screen).Days) : default);
        Assert.Single(await server.PoliciesAsync(team.Id));
    }

    private static (int, string, int?, RetentionKind) Said(RetentionPolicy policy) => (policy.Version, policy.By, policy.Of(RetentionPart.Screen).Days, policy.Of(RetentionPart.Chat).Keep);
}
