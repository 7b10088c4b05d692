using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>Teams, and who is in them.</summary>
internal static class TeamEndpoints
{
    public static void MapTeams(this IEndpointRouteBuilder routes)
    {
        var teams = routes.MapGroup("/teams").RequireAuthorization(Policies.Admins);
        teams.MapGet("", (ClaimsPrincipal user, AccountsDb accounts, CancellationToken cancellation) => ListAsync(user, accounts, null, cancellation));
        teams.MapPost("", ([FromForm] string? name, ClaimsPrincipal user, ChangeTeam change, AccountsDb accounts, CancellationToken cancellation) =>
            AnswerAsync(change.CreateAsync(user.Identity!.Name!, name, cancellation), user, accounts, cancellation));
        teams.MapPost("/{id:int}/name", (int id, [FromForm] string? name, ClaimsPrincipal user, ChangeTeam change, AccountsDb accounts, CancellationToken cancellation) =>
            AnswerAsync(change.RenameAsync(user.Identity!.Name!, id, name, cancellation), user, accounts, cancellation));
        teams.MapPost("/{id:int}/remove", (int id, [FromForm] string? _, ClaimsPrincipal user, ChangeTeam change, AccountsDb accounts, CancellationToken cancellation) =>
            AnswerAsync(change.RemoveAsync(user.Identity!.Name!, id, cancellation), user, accounts, cancellation));
        teams.MapPost("/{id:int}/members", (int id, [FromForm] string? userName, [FromForm] bool? isLead, ClaimsPrincipal user, ChangeTeam change, AccountsDb accounts, CancellationToken cancellation) =>
            AnswerAsync(change.SetMemberAsync(user.Identity!.Name!, id, userName, isLead ?? false, cancellation), user, accounts, cancellation));
        teams.MapPost("/{id:int}/members/remove", (int id, [FromForm] string? userName, ClaimsPrincipal user, ChangeTeam change, AccountsDb accounts, CancellationToken cancellation) =>
            AnswerAsync(change.RemoveMemberAsync(user.Identity!.Name!, id, userName, cancellation), user, accounts, cancellation));
    }

    private static async Task<IResult> AnswerAsync(Task<string?> change, ClaimsPrincipal user, AccountsDb accounts, CancellationToken cancellation) =>
        await change is { } refusal ? await ListAsync(user, accounts, refusal, cancellation) : TypedResults.LocalRedirect("~/teams");

    private static async Task<IResult> ListAsync(ClaimsPrincipal user, AccountsDb accounts, string? refusal, CancellationToken cancellation)
    {
        var teams = await accounts.Teams.AsNoTracking().OrderBy(team => team.Name).ToListAsync(cancellation);
        var people = await accounts.Users.AsNoTracking().OrderBy(account => account.NormalizedUserName).ToListAsync(cancellation);
        var members = await accounts.TeamMembers.AsNoTracking().ToListAsync(cancellation);
        var byId = people.ToDictionary(account => account.Id, StringComparer.Ordinal);
        return new RazorComponentResult<TeamsPage>(new
        {
            Account = user.Identity!.Name!,
            Teams = (IReadOnlyList<ListedTeam>)[.. teams.Select(team => new ListedTeam(
                team, [.. members.Where(m => m.Team == team.Id).Select(m => new ListedMember(byId[m.Account], m.IsLead)).OrderBy(m => m.Account.DisplayName, StringComparer.OrdinalIgnoreCase)]))],
            People = (IReadOnlyList<Account>)[.. people.Where(account => account.DisabledAt is null)],
            Refusal = refusal,
        })
        { StatusCode = refusal is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
    }
}

/// <summary>A team with its members, by name.</summary>
public sealed record ListedTeam(Team Team, IReadOnlyList<ListedMember> Members);

/// <summary>Somebody in a team.</summary>
public sealed record ListedMember(Account Account, bool IsLead);
