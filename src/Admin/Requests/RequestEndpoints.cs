using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Holds;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Requests;

/// <summary>The organization's side of what recorded people ask for: the list, a case, its answer.</summary>
internal static class RequestEndpoints
{
    private const int PageLength = 50;

    public static WebApplicationBuilder AddRequests(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<MakeRequest>();
        builder.Services.AddScoped<AnswerRequest>();
        return builder;
    }

    public static void MapRequests(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup("/requests").RequireAuthorization(Policies.Requests);
        requests.MapGet("", ListAsync);
        requests.MapGet("/{id:guid}", ShowAsync);
        requests.MapPost("/{id:guid}/answer", AnswerAsync);
    }

    private static async Task<RazorComponentResult<RequestsPage>> ListAsync(ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation, int page = 1)
    {
        var number = Math.Clamp(page, 1, 100_000);

        // Open ones first, the oldest of them at the top; then the closed ones, the last answer at the top.
        var found = await (from request in catalogue.RequestCases.AsNoTracking()
                           join s in catalogue.Sessions.AsNoTracking() on request.Session equals s.Id into sessions
                           from session in sessions.DefaultIfEmpty()
                           orderby request.State == RequestState.Closed, request.ClosedAt descending, request.At
                           select new ListedRequest(request, session)).Skip((number - 1) * PageLength).Take(PageLength + 1).ToListAsync(cancellation);
        return new(new
        {
            Account = user.Identity!.Name!,
            Requests = (IReadOnlyList<ListedRequest>)[.. found.Take(PageLength)],
            Number = number,
            HasMore = found.Count > PageLength,
            Now = clock.GetUtcNow(),
        });
    }

    private static async Task<IResult> ShowAsync(Guid id, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        await PageAsync(id, user, catalogue, clock, http, null, null, StatusCodes.Status200OK, cancellation);

    private static async Task<IResult> AnswerAsync(
        Guid id, [FromForm] string? answer, ClaimsPrincipal user, AnswerRequest close, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        await close.RunAsync(id, user.Identity!.Name!, answer, cancellation) switch
        {
            AnswerRequest.Outcome.Closed => TypedResults.LocalRedirect($"~/requests/{id}"),
            AnswerRequest.Outcome.AlreadyClosed => await PageAsync(id, user, catalogue, clock, http, answer, "Somebody has answered this request meanwhile.", StatusCodes.Status409Conflict, cancellation),
            AnswerRequest.Outcome.Refused refused => await PageAsync(id, user, catalogue, clock, http, answer, refused.Why, StatusCodes.Status422UnprocessableEntity, cancellation),
            _ => NoSuchRequest(http),
        };

    private static async Task<IResult> PageAsync(
        Guid id, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, string? answer, string? refusal, int status, CancellationToken cancellation)
    {
        catalogue.ChangeTracker.Clear();
        var request = await catalogue.RequestCases.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellation);
        if (request is null) { return NoSuchRequest(http); }

        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == request.Session, cancellation);
        return new RazorComponentResult<RequestPage>(new { Account = user.Identity!.Name!, Request = request, Session = session, Keeping = session is null ? null : await Keeping.OfAsync(catalogue, session.Id, cancellation), MayHold = user.IsInRole(Roles.Admin), Now = clock.GetUtcNow(), Answer = answer, Refusal = refusal }) { StatusCode = status };
    }

    private static IResult NoSuchRequest(HttpContext http) =>
        ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such request.", "Check the address.");
}

/// <summary>A case, and its session as far as the catalogue still has it.</summary>
public sealed record ListedRequest(RequestCase Case, RecordedSession? Session);
