using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Holds;

/// <summary>Legal holds: org admins place and lift them, auditors read them.</summary>
internal static class HoldEndpoints
{
    private const string Path = "/holds";

    public static IServiceCollection AddHolds(this IServiceCollection services) => services.AddScoped<PlaceHold>().AddScoped<LiftHold>().AddScoped<ListHolds>();

    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext http, ListHolds list, CancellationToken cancellation, string? session = null) =>
            ShowAsync(http, list, new() { SessionAddress = session, Owner = http.User.Identity!.Name }, [], cancellation)).RequireAuthorization(Policies.Requests);
        var acting = routes.MapGroup(Path).RequireAuthorization(Policies.Admins);
        acting.MapPost("", PlaceAsync).RequireFreshFactor("hold.placed", Path);
        acting.MapPost("/{id:guid}/lift", (Guid id, [FromForm] string? reason, ClaimsPrincipal user, HttpContext http, LiftHold lift, ListHolds list, CancellationToken cancellation) =>
            ActAsync(http, list, () => lift.AskAsync(id, user.Identity!.Name!, reason, cancellation), cancellation)).RequireFreshFactor("hold.lift-asked", Path);
        acting.MapPost("/{id:guid}/confirm", (Guid id, [FromForm] string? _, ClaimsPrincipal user, HttpContext http, LiftHold lift, ListHolds list, CancellationToken cancellation) =>
            ActAsync(http, list, () => lift.ConfirmAsync(id, user.Identity!.Name!, cancellation), cancellation)).RequireFreshFactor("hold.lifted", Path);
        acting.MapPost("/{id:guid}/keep", (Guid id, [FromForm] string? _, ClaimsPrincipal user, HttpContext http, LiftHold lift, ListHolds list, CancellationToken cancellation) =>
            ActAsync(http, list, () => lift.KeepAsync(id, user.Identity!.Name!, cancellation), cancellation));
        acting.MapPost("/{id:guid}/review", (Guid id, [FromForm] string? day, ClaimsPrincipal user, HttpContext http, LiftHold lift, ListHolds list, CancellationToken cancellation) =>
            ActAsync(http, list, () => lift.ReviewAsync(id, user.Identity!.Name!, day, cancellation), cancellation)).RequireFreshFactor("hold.reviewed", Path);
    }

    private static async Task<IResult> PlaceAsync([FromForm] HoldForm? form, ClaimsPrincipal user, HttpContext http, PlaceHold place, ListHolds list, CancellationToken cancellation) =>
        await place.RunAsync(user.Identity!.Name!, form ??= new(), cancellation) is PlaceHold.Outcome.Invalid invalid
            ? await ShowAsync(http, list, form, invalid.Reasons, cancellation)
            : TypedResults.LocalRedirect("~" + Path);

    private static async Task<IResult> ActAsync(HttpContext http, ListHolds list, Func<Task<LiftHold.Outcome>> act, CancellationToken cancellation) => await act() switch
    {
        LiftHold.Outcome.Done => TypedResults.LocalRedirect("~" + Path),
        LiftHold.Outcome.Refused refused => await ShowAsync(http, list, new() { Owner = http.User.Identity!.Name }, [refused.Reason], cancellation),
        _ => ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such hold.", "Check the address."),
    };

    private static async Task<IResult> ShowAsync(HttpContext http, ListHolds list, HoldForm form, IReadOnlyList<string> errors, CancellationToken cancellation) =>
        new RazorComponentResult<HoldsPage>(new { Account = http.User.Identity!.Name!, MayAct = http.User.IsInRole(Roles.Admin), View = await list.RunAsync(cancellation), Form = form, Errors = errors })
        {
            StatusCode = errors.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
        };
}
