using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Locations;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Posture;

/// <summary>The org admin's page of where recordings go: what a stranger gets, what is wrong, and what mends it.</summary>
internal static class PostureEndpoints
{
    public const string Path = "/location";
    public const string Check = Path + "/check";

    public static void MapPosture(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).RequireAuthorization(Policies.Admins);
        routes.MapPost(Check, CheckAsync).RequireAuthorization(Policies.Admins);
    }

    private static async Task<RazorComponentResult<LocationPage>> ShowAsync(ClaimsPrincipal user, LocationGate gate, LastPosture posture, CancellationToken cancellation) =>
        new(new { Account = user.Identity!.Name!, Gate = await gate.LookedAsync(cancellation), Look = await posture.CurrentAsync(cancellation) });

    /// <summary>Looks now, instead of when the schedule says; that somebody asked is in the audit trail.</summary>
    private static async Task<RedirectHttpResult> CheckAsync(
        [FromForm] string? _, ClaimsPrincipal user, LocationGate gate, LastPosture posture, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation)
    {
        await catalogue.RecordAsync(clock, user.Identity!.Name!, "location.check", null, AuditOutcome.Allowed, null, cancellation);
        await posture.LookAsync(cancellation);
        gate.Forget();
        return TypedResults.LocalRedirect("~" + Path);
    }
}
