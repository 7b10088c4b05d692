using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>The page of rights: everybody's own, and for who decides about them, those of others.</summary>
internal static class RightsEndpoints
{
    public static void MapRights(this IEndpointRouteBuilder routes)
    {
        var rights = routes.MapGroup("/rights").RequireAuthorization(Policies.Members);
        rights.MapGet("", (HttpContext http, RightsView view, CancellationToken cancellation, [FromQuery(Name = "for")] string? subject = null, string? session = null, int page = 1) =>
            ShowAsync(http, view, new() { For = subject, Of = session is null ? null : "session", SessionAddress = session, Video = true, Chat = true }, [], page, cancellation));
        rights.MapPost("", GrantAsync).RequireFreshFactor("entitlement.granted", "/rights");
        rights.MapPost("/{id:guid}/revoke", RevokeAsync);
    }

    private static async Task<IResult> GrantAsync([FromForm] EntitlementForm? form, HttpContext http, GrantEntitlement grant, RightsView view, CancellationToken cancellation) =>
        await grant.RunAsync(Viewer.Of(http.User), form ??= new(), cancellation) is GrantEntitlement.Outcome.Invalid invalid // nothing but its token
            ? await ShowAsync(http, view, form, invalid.Reasons, 1, cancellation)
            : TypedResults.LocalRedirect("~/rights");

    private static async Task<IResult> RevokeAsync(Guid id, [FromForm] string? _, HttpContext http, RevokeEntitlement revoke, RightsView view, CancellationToken cancellation) =>
        await revoke.RunAsync(Viewer.Of(http.User), id, cancellation) is { } refusal
            ? await ShowAsync(http, view, new(), [refusal], 1, cancellation)
            : TypedResults.LocalRedirect("~/rights");

    private static async Task<IResult> ShowAsync(HttpContext http, RightsView view, EntitlementForm form, IReadOnlyList<string> errors, int page, CancellationToken cancellation) =>
        new RazorComponentResult<RightsPage>(new { View = await view.ReadAsync(Viewer.Of(http.User), page, cancellation), Form = form, Errors = errors })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
}

/// <summary>What the page of rights shows.</summary>
internal sealed class RightsView(ListEntitlements list, AccountsDb accounts, CatalogueDb catalogue, TimeProvider clock)
{
    public async Task<ShownRights> ReadAsync(Viewer viewer, int page, CancellationToken cancellation)
    {
        var number = Math.Clamp(page, 1, 100_000);
        var own = await list.OfAsync(viewer.UserName, viewer.Teams, cancellation);
        if (!viewer.Decides) { return new(viewer, clock.GetUtcNow(), own, [], 1, false, [], [], []); }

        var others = await list.ToDecideAsync(viewer, number, cancellation);
        var leads = viewer.Leads;
        var teams = await accounts.Teams.AsNoTracking().Where(team => viewer.IsAdmin || leads.Contains(team.Id)).OrderBy(team => team.Name).ToListAsync(cancellation);
        var people = await accounts.Users.AsNoTracking()
            .Where(account => account.DisabledAt == null && account.UserName != viewer.UserName
                && (viewer.IsAdmin || accounts.TeamMembers.Any(member => member.Account == account.Id && leads.Contains(member.Team))))
            .OrderBy(account => account.NormalizedUserName).ToListAsync(cancellation);
        return new(
            viewer, clock.GetUtcNow(), own, [.. others.Take(ListEntitlements.PageLength)], number, others.Count > ListEntitlements.PageLength, people, teams,
            viewer.IsAdmin ? await catalogue.Labels.AsNoTracking().OrderBy(label => label.NormalizedName).ToListAsync(cancellation) : []);
    }
}

/// <summary>Rights, and what a new one can be made of.</summary>
/// <param name="Own">What the viewer may watch beside their own sessions.</param>
/// <param name="Others">What the viewer may take away.</param>
/// <param name="People">Whom the viewer may give a right.</param>
public sealed record ShownRights(
    Viewer Viewer, DateTimeOffset Now, IReadOnlyList<ListedEntitlement> Own, IReadOnlyList<ListedEntitlement> Others, int Number, bool HasMore,
    IReadOnlyList<Account> People, IReadOnlyList<Team> Teams, IReadOnlyList<SessionLabel> Labels);
