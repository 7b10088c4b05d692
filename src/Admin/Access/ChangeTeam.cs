using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Makes, names and removes teams, and says who is in them. Each method returns why not, or null.</summary>
internal sealed class ChangeTeam(AccountsDb accounts, CatalogueDb catalogue, TimeProvider clock)
{
    private const string NoSuchTeam = "There is no such team. Somebody has removed it.";

    public async Task<string?> CreateAsync(string actor, string? name, CancellationToken cancellation)
    {
        if (await RefusedNameAsync(name, null, cancellation) is { } refusal) { return refusal; }

        await RecordAsync(actor, "team.created", name!.Trim(), cancellation);
        accounts.Teams.Add(new() { Name = name.Trim() });
        return await SaveAsync(name, cancellation);
    }

    public async Task<string?> RenameAsync(string actor, int id, string? name, CancellationToken cancellation)
    {
        if (await RefusedNameAsync(name, id, cancellation) is { } refusal) { return refusal; }
        if (await accounts.Teams.SingleOrDefaultAsync(team => team.Id == id, cancellation) is not { } team) { return NoSuchTeam; }

        await RecordAsync(actor, "team.renamed", $"{team.Name}: {name!.Trim()}", cancellation);
        team.Name = name.Trim();
        return await SaveAsync(name, cancellation);
    }

    public async Task<string?> RemoveAsync(string actor, int id, CancellationToken cancellation)
    {
        if (await accounts.Teams.AsNoTracking().SingleOrDefaultAsync(team => team.Id == id, cancellation) is not { } team) { return NoSuchTeam; }

        await RecordAsync(actor, "team.removed", team.Name, cancellation);
        await accounts.Teams.Where(t => t.Id == id).ExecuteDeleteAsync(cancellation); // its members with it
        return null;
    }

    /// <summary>Puts an account into the team, or changes whether it leads it.</summary>
    public async Task<string?> SetMemberAsync(string actor, int id, string? userName, bool isLead, CancellationToken cancellation)
    {
        var account = await accounts.Users.AsNoTracking().SingleOrDefaultAsync(a => a.UserName == userName, cancellation);
        var team = await accounts.Teams.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellation);
        if (team is null) { return NoSuchTeam; }
        if (account is null) { return $"There is no account '{userName}'. Choose somebody from the list."; }

        var member = await accounts.TeamMembers.SingleOrDefaultAsync(m => m.Team == id && m.Account == account.Id, cancellation);
        if (member is null && account.UserName == actor && await catalogue.Entitlements.InForce(clock.GetUtcNow()).AnyAsync(e => e.Team == id, cancellation))
        {
            await catalogue.RecordAsync(clock, actor, "team.member", null, AuditOutcome.Refused, $"{team.Name}: {actor} would have got the team's rights to watch from themselves", cancellation);
            return $"Members of {team.Name} have rights to watch, and nobody gives those to themselves. Ask another org admin to put you in.";
        }

        await RecordAsync(actor, "team.member", $"{team.Name}: {account.UserName} is {(isLead ? "lead" : "member")}", cancellation);
        if (member is not null) { member.IsLead = isLead; }
        else { accounts.TeamMembers.Add(new() { Team = id, Account = account.Id, IsLead = isLead }); }

        try
        {
            await accounts.SaveChangesAsync(cancellation);
            return null;
        }
        catch (DbUpdateException)
        {
            return $"The team or '{userName}' was changed meanwhile. Look at it again.";
        }
    }

    public async Task<string?> RemoveMemberAsync(string actor, int id, string? userName, CancellationToken cancellation)
    {
        var found = await (from member in accounts.TeamMembers
                           join team in accounts.Teams on member.Team equals team.Id
                           join account in accounts.Users on member.Account equals account.Id
                           where team.Id == id && account.UserName == userName
                           select new { Team = team.Name, account.Id }).SingleOrDefaultAsync(cancellation);
        if (found is null) { return $"'{userName}' is not in this team."; }

        await RecordAsync(actor, "team.member", $"{found.Team}: {userName} is in it no more", cancellation);
        await accounts.TeamMembers.Where(m => m.Team == id && m.Account == found.Id).ExecuteDeleteAsync(cancellation);
        return null;
    }

    private async Task<string?> RefusedNameAsync(string? name, int? own, CancellationToken cancellation)
    {
        var trimmed = name?.Trim() ?? "";
        return trimmed.Length is 0 or > Team.NameLimit || trimmed.Any(char.IsControl) ? $"Enter a name for the team, at most {Team.NameLimit} characters."
            : await accounts.Teams.AnyAsync(team => team.Name == trimmed && team.Id != own, cancellation) ? Taken(trimmed) : null;
    }

    private async Task<string?> SaveAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await accounts.SaveChangesAsync(cancellation);
            return null;
        }
        catch (DbUpdateException)
        {
            accounts.ChangeTracker.Clear();
            return Taken(name.Trim());
        }
    }

    private static string Taken(string name) => $"There is a team '{name}' already.";

    private Task RecordAsync(string actor, string action, string detail, CancellationToken cancellation) =>
        catalogue.RecordAsync(clock, actor, action, null, AuditOutcome.Allowed, detail, cancellation);
}
