using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>The two pages of a replay: the question for the purpose, and the player.</summary>
internal static class ReplayPages
{
    public static void MapReplayPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sessions/{id:guid}/replay", AskAsync);
        routes.MapPost("/sessions/{id:guid}/replay", OpenAsync);
        routes.MapGet("/replay/{grant:guid}", PlayAsync);
    }

    private static async Task<IResult> AskAsync(Guid id, HttpContext http, CatalogueDb catalogue, IOptions<ReplayOptions> options, CancellationToken cancellation)
    {
        var viewer = http.User.Identity!.Name!;
        var session = await catalogue.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellation);
        return session is not null && ReplayEntitlements.Allow(viewer, session) ? Purpose(session, viewer, options.Value.Purposes, refused: false) : NoSuchSession(http);
    }

    private static async Task<IResult> OpenAsync(
        Guid id, [FromForm] string? purpose, HttpContext http, OpenReplay open, CatalogueDb catalogue, CancellationToken cancellation)
    {
        var viewer = http.User.Identity!.Name!;
        switch (await open.RunAsync(id, viewer, purpose, cancellation))
        {
            case OpenReplay.Outcome.Opened opened:
                return TypedResults.LocalRedirect($"~/replay/{opened.Grant}");
            case OpenReplay.Outcome.UnknownPurpose unknown:
                var session = await catalogue.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, cancellation);
                return Purpose(session, viewer, unknown.Known, refused: true);
            default:
                return NoSuchSession(http);
        }
    }

    private static async Task<IResult> PlayAsync(Guid grant, HttpContext http, ReplayAccess access, CancellationToken cancellation) =>
        await access.FindAsync(grant, http.User, cancellation) is { } replay
            ? new RazorComponentResult<ReplayPage>(new { Replay = replay })
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such replay.", "It is closed, or it is not yours. Open the session again and state a purpose.");

    private static RazorComponentResult<PurposePage> Purpose(RecordedSession session, string viewer, IReadOnlyList<string> purposes, bool refused) =>
        new(new { Session = session, Account = viewer, Purposes = purposes, Refused = refused })
        {
            StatusCode = refused ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK,
        };

    private static IResult NoSuchSession(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such session.", "It does not exist, or you may not replay it.");
}
