using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Admin.Holds;
using SecureRecorder.Admin.Live;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Replay;
using SecureRecorder.Admin.Sessions.Labels;
using SecureRecorder.Admin.Sessions.Search;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Sessions;

/// <summary>The technician's pages: their sessions, starting one, its code, and how it goes.</summary>
internal static class SessionEndpoints
{
    public static WebApplicationBuilder AddSessions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SessionCodes>();
        builder.Services.AddScoped<StartSession>();
        builder.Services.AddScoped<InviteParticipant>();
        builder.Services.AddScoped<RedeemCode>();
        builder.Services.AddScoped<ListSessions>();
        builder.Services.AddScoped<ChangeLabel>();
        return builder;
    }

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", ListAsync).RequireAuthorization(Policies.Members);
        routes.MapPost("/sessions", StartAsync);
        routes.MapGet("/sessions", () => TypedResults.LocalRedirect("~/"));
        routes.MapGet("/sessions/{id:guid}", ShowAsync).RequireAuthorization(Policies.Members);
        routes.MapPost("/sessions/{id:guid}/code", RenewCodeAsync);
        routes.MapPost("/sessions/{id:guid}/invite", InviteAsync);
        routes.MapPost("/sessions/{id:guid}/pause", (Guid id, [FromForm] string? _, ClaimsPrincipal user, CatalogueDb catalogue, SessionControl control, HttpContext http, CancellationToken cancellation) =>
            ActAsync(id, user, catalogue, http, () => control.PauseByTechnicianAsync(id, user.Identity!.Name!, cancellation), cancellation));
        routes.MapPost("/sessions/{id:guid}/resume", (Guid id, [FromForm] string? _, ClaimsPrincipal user, CatalogueDb catalogue, SessionControl control, HttpContext http, CancellationToken cancellation) =>
            ActAsync(id, user, catalogue, http, () => control.ResumeByTechnicianAsync(id, user.Identity!.Name!, cancellation), cancellation));
        routes.MapPost("/sessions/{id:guid}/end", (Guid id, [FromForm] string? _, ClaimsPrincipal user, CatalogueDb catalogue, SessionControl control, HttpContext http, CancellationToken cancellation) =>
            ActAsync(id, user, catalogue, http, () => control.EndAsync(id, TrackEnd.Ended, user.Identity!.Name!, cancellation), cancellation));
        routes.MapGet("/api/sessions/{id:guid}", StatusAsync).WithTags("session").Describe("session", "How a session goes that one has started", 404).Produces<SessionStatus>();
        routes.MapLabels();
    }

    /// <summary>The start: who has no sessions to see is led to what they do instead.</summary>
    private static async Task<IResult> ListAsync([AsParameters] AskedFor asked, ClaimsPrincipal user, ListSessions sessions, ScopeOfAccount scopes, CancellationToken cancellation)
    {
        var scope = await scopes.OfAsync(Viewer.Of(user), cancellation);
        if (!user.IsInRole(Roles.Technician) && scope is { Teams: [], Labels: [], Sessions: [] }) { return TypedResults.LocalRedirect("~" + Policies.HomeOf(user)); }

        var filter = SessionFilter.Of(asked.Ticket, asked.Team, asked.Technician, asked.Label, asked.State, asked.From, asked.To);
        var list = await sessions.RunAsync(scope, filter, asked.Before, asked.After, cancellation);
        return new RazorComponentResult<SessionsPage>(new { Account = user.Identity!.Name!, List = list, MayStart = user.IsInRole(Roles.Technician) }) { StatusCode = list.Errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity };
    }

    private static async Task<RazorComponentResult<SessionsPage>> NotStartedAsync(ClaimsPrincipal user, string? ticket, string refusal, int status, ListSessions sessions, ScopeOfAccount scopes, CancellationToken cancellation) =>
        new(new { Account = user.Identity!.Name!, List = await sessions.RunAsync(await scopes.OfAsync(Viewer.Of(user), cancellation), new(), null, null, cancellation), MayStart = true, Ticket = ticket, Refusal = refusal }) { StatusCode = status };

    private static async Task<IResult> StartAsync([FromForm] string? ticket, [FromForm] string? accepted, [FromForm] string? team, [FromForm] string? label, ClaimsPrincipal user, StartSession start, ListSessions sessions, ScopeOfAccount scopes, CancellationToken cancellation) =>
        await start.RunAsync(user.Identity!.Name!, ticket, accepted == "true", team, label, cancellation) switch
        {
            StartSession.Outcome.Started started => TypedResults.LocalRedirect($"~/sessions/{started.Session}"),
            StartSession.Outcome.Refused refused => await NotStartedAsync(user, ticket, refused.Reason, StatusCodes.Status422UnprocessableEntity, sessions, scopes, cancellation),
            StartSession.Outcome.LocationIsNotSafe location => await NotStartedAsync(user, ticket, location.Reason, StatusCodes.Status503ServiceUnavailable, sessions, scopes, cancellation),
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };

    private static async Task<IResult> ShowAsync(
        Guid id, ClaimsPrincipal user, CatalogueDb catalogue, ReplayEntitlements entitlements, AccountsDb accounts, LiveSessions sessions, HttpContext http, CancellationToken cancellation)
    {
        if (await entitlements.FindAsync(id, Viewer.Of(user), cancellation) is not { } right) { return NoSuchSession(http); }
        if (!right.IsOwn) { return await WatchedPageAsync(right, user, accounts, catalogue, cancellation); }

        var session = (await FindAsync(id, user, catalogue, cancellation))!;
        return new RazorComponentResult<SessionPage>(new
        {
            Account = user.Identity!.Name!,
            Session = session,
            Status = SessionStatus.Of(session, sessions.Of(id)),
            JoinAddress = $"{http.Request.Scheme}://{http.Request.Host}/join",
            Server = $"{http.Request.Scheme}://{http.Request.Host}",
            Keeping = await Keeping.OfAsync(catalogue, id, cancellation),
        });
    }

    /// <summary>What somebody sees who has a right to the session and did not start it.</summary>
    private static async Task<IResult> WatchedPageAsync(ReplayRight right, ClaimsPrincipal user, AccountsDb accounts, CatalogueDb catalogue, CancellationToken cancellation) =>
        new RazorComponentResult<WatchedSessionPage>(new
        {
            Account = user.Identity!.Name!,
            Right = right,
            Technician = await accounts.Users.Where(account => account.UserName == right.Session.Technician).Select(account => account.DisplayName).SingleOrDefaultAsync(cancellation) ?? right.Session.Technician,
            Team = await accounts.Teams.Where(team => team.Id == right.Session.Team).Select(team => team.Name).SingleOrDefaultAsync(cancellation),
            Keeping = await Keeping.OfAsync(catalogue, right.Session.Id, cancellation),
        });

    private static async Task<IResult> StatusAsync(Guid id, ClaimsPrincipal user, CatalogueDb catalogue, LiveSessions sessions, HttpContext http, CancellationToken cancellation) =>
        await FindAsync(id, user, catalogue, cancellation) is { } session ? TypedResults.Ok(SessionStatus.Of(session, sessions.Of(id))) : NoSuchSession(http);

    private static async Task<IResult> RenewCodeAsync(
        Guid id, [FromForm] string? participant, ClaimsPrincipal user, CatalogueDb catalogue, InviteParticipant invite, HttpContext http, CancellationToken cancellation) =>
        await FindAsync(id, user, catalogue, cancellation) is null ? NoSuchSession(http)
        : await invite.RenewCodeAsync(id, user.Identity!.Name!, participant ?? Participant.First, cancellation)
            ? TypedResults.LocalRedirect($"~/sessions/{id}")
            : ErrorAnswer.For(http, StatusCodes.Status409Conflict, "This session takes no new code.", "Everybody has joined, or it is over. Start another one.");

    private static async Task<IResult> InviteAsync(Guid id, [FromForm] string? _, ClaimsPrincipal user, CatalogueDb catalogue, InviteParticipant invite, HttpContext http, CancellationToken cancellation) =>
        await FindAsync(id, user, catalogue, cancellation) is null ? NoSuchSession(http)
        : await invite.RunAsync(id, user.Identity!.Name!, cancellation)
            ? TypedResults.LocalRedirect($"~/sessions/{id}")
            : ErrorAnswer.For(http, StatusCodes.Status409Conflict, "Nobody more can be invited.", $"The session is over, or has {Participant.MostPersons} persons already.");

    private static async Task<IResult> ActAsync(
        Guid id, ClaimsPrincipal user, CatalogueDb catalogue, HttpContext http, Func<Task<Standing>> act, CancellationToken cancellation)
    {
        if (await FindAsync(id, user, catalogue, cancellation) is null) { return NoSuchSession(http); }

        await act();
        return TypedResults.LocalRedirect($"~/sessions/{id}");
    }

    /// <summary>Only who started a session runs it; to everybody else there is nothing to run.</summary>
    private static Task<RecordedSession?> FindAsync(Guid id, ClaimsPrincipal user, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var technician = user.Identity!.Name!;
        return catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).Include(s => s.Participants).SingleOrDefaultAsync(s => s.Id == id && s.Technician == technician, cancellation);
    }

    private static IResult NoSuchSession(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such session.", "Check the address; you see the sessions that you started, and those that you were given a right to watch.");

    /// <summary>The parts of a filter and of a place in the list, in a query.</summary>
    internal sealed record AskedFor(string? Ticket, string? Team, string? Technician, string? Label, string? State, string? From, string? To, string? Before, string? After);
}
