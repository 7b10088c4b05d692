using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>The register of breaches: org admins and auditors read it and write notes, org admins assess and close.</summary>
internal static class BreachEndpoints
{
    private const int PageLength = 50;

    public static WebApplicationBuilder AddBreaches(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<ChangeBreach>().AddScoped<NoteBreach>().AddScoped<AssessBreach>().AddScoped<CloseBreach>();
        return builder;
    }

    public static void MapBreaches(this IEndpointRouteBuilder routes)
    {
        var breaches = routes.MapGroup("/breaches");
        var read = breaches.MapGroup("").RequireAuthorization(Policies.Requests);
        read.MapGet("", ListAsync);
        read.MapGet("/{id:guid}", ShowAsync);
        read.MapPost("/{id:guid}/notes", NoteAsync);
        var act = breaches.MapGroup("").RequireAuthorization(Policies.Admins);
        act.MapPost("/{id:guid}/assess", AssessAsync);
        act.MapPost("/{id:guid}/close", CloseAsync);
    }

    private static async Task<RazorComponentResult<BreachesPage>> ListAsync(ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation, int page = 1)
    {
        var number = Math.Clamp(page, 1, 100_000);
        var found = await catalogue.Breaches.AsNoTracking().OrderBy(b => b.State == BreachState.Closed).ThenByDescending(b => b.OpenedAt).Skip((number - 1) * PageLength).Take(PageLength + 1).ToListAsync(cancellation);
        return new(new { Account = user.Identity!.Name!, Breaches = (IReadOnlyList<Breach>)[.. found.Take(PageLength)], Number = number, HasMore = found.Count > PageLength, Now = clock.GetUtcNow() });
    }

    private static Task<IResult> ShowAsync(Guid id, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        PageAsync(id, new(), user, catalogue, clock, http, null, StatusCodes.Status200OK, cancellation);

    private static async Task<IResult> NoteAsync(Guid id, [FromForm] string? text, ClaimsPrincipal user, NoteBreach note, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        await AnswerAsync(id, await note.RunAsync(id, user.Identity!.Name!, text, cancellation), new() { Note = text }, user, catalogue, clock, http, cancellation);

    private static async Task<IResult> AssessAsync(
        Guid id, [FromForm] string? risk, [FromForm] string? reason, [FromForm] string? notified, [FromForm] string? at, ClaimsPrincipal user, AssessBreach assess, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        await AnswerAsync(id, await assess.RunAsync(id, user.Identity!.Name!, risk, reason, notified, at, cancellation), new() { Risk = risk, Reason = reason, Notified = notified, At = at }, user, catalogue, clock, http, cancellation);

    private static async Task<IResult> CloseAsync(Guid id, [FromForm] string? _, ClaimsPrincipal user, CloseBreach close, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) =>
        await AnswerAsync(id, await close.RunAsync(id, user.Identity!.Name!, cancellation), new(), user, catalogue, clock, http, cancellation);

    private static async Task<IResult> AnswerAsync(Guid id, BreachOutcome outcome, BreachForm typed, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation) => outcome switch
    {
        BreachOutcome.Done => TypedResults.LocalRedirect($"~/breaches/{id}"),
        BreachOutcome.Refused refused => await PageAsync(id, typed, user, catalogue, clock, http, refused.Why, StatusCodes.Status422UnprocessableEntity, cancellation),
        BreachOutcome.Changed => await PageAsync(id, typed, user, catalogue, clock, http, "The record was changed meanwhile: read it again.", StatusCodes.Status409Conflict, cancellation),
        _ => NoSuchBreach(http),
    };

    private static async Task<IResult> PageAsync(
        Guid id, BreachForm typed, ClaimsPrincipal user, CatalogueDb catalogue, TimeProvider clock, HttpContext http, string? refusal, int status, CancellationToken cancellation)
    {
        catalogue.ChangeTracker.Clear();
        var breach = await catalogue.Breaches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellation);
        if (breach is null) { return NoSuchBreach(http); }

        return new RazorComponentResult<BreachPage>(new
        {
            Account = user.Identity!.Name!,
            MayAct = user.IsInRole(Roles.Admin),
            Breach = breach,
            Steps = (IReadOnlyList<BreachStep>)await catalogue.BreachSteps.AsNoTracking().Where(s => s.Breach == id).OrderBy(s => s.At).ThenBy(s => s.Id).ToListAsync(cancellation),
            Notes = (IReadOnlyList<BreachNote>)await catalogue.BreachNotes.AsNoTracking().Where(n => n.Breach == id).OrderBy(n => n.At).ThenBy(n => n.Id).ToListAsync(cancellation),
            Now = clock.GetUtcNow(),
            Typed = typed,
            Refusal = refusal,
        }) { StatusCode = status };
    }

    private static IResult NoSuchBreach(HttpContext http) => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such breach.", "Check the address.");
}

/// <summary>What was typed and was not accepted.</summary>
public sealed record BreachForm
{
    public string? Note { get; init; }
    public string? Risk { get; init; }
    public string? Reason { get; init; }
    public string? Notified { get; init; }
    public string? At { get; init; }
}
