using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Findings;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

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

    /// <param name="name">Of the location; empty: the server's own.</param>
    /// <param name="months"><c>all</c>: every month's key, also those of long ago.</param>
    private static async Task<IResult> ShowAsync(string? name, string? months, ClaimsPrincipal user, KnownLocations locations, LocationGates gates, CatalogueDb catalogue, IEnumerable<IAlertChannel> channels, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        if (Find(name, locations) is not { } location) { return NoSuchLocation(name!, locations, http); }

        return new RazorComponentResult<LocationPage>(new
        {
            Account = user.Identity!.Name!,
            Location = location,
            Gate = await gates.Of(location).LookedAsync(cancellation),
            Months = await MonthsKeys.ReadAsync(catalogue, location, months == "all", clock.GetUtcNow(), cancellation),
            Standing = await LocationStanding.ReadAsync(catalogue, location.Name, cancellation),
            Alerts = await AlertStanding.ReadAsync(catalogue, channels, cancellation),
            Now = clock.GetUtcNow(),
        });
    }

    /// <summary>Looks now, instead of when the schedule says; that somebody asked is in the audit trail.</summary>
    private static async Task<IResult> CheckAsync(
        [FromForm] string? name, ClaimsPrincipal user, KnownLocations locations, LocationGates gates, PostureOfLocations postures, CatalogueDb catalogue, TimeProvider clock, HttpContext http, CancellationToken cancellation)
    {
        if (Find(name, locations) is not { } location) { return NoSuchLocation(name!, locations, http); }

        await catalogue.RecordAsync(clock, user.Identity!.Name!, "location.check", null, AuditOutcome.Allowed, location.Name, cancellation);
        await postures.Of(location).LookAsync(cancellation);
        gates.Of(location).Forget();
        return TypedResults.LocalRedirect($"~{Path}?name={location.Name}");
    }

    private static Location? Find(string? name, KnownLocations locations) =>
        string.IsNullOrEmpty(name) ? locations.Main : locations.All.FirstOrDefault(location => location.Name == name);

    private static IResult NoSuchLocation(string name, KnownLocations locations, HttpContext http) => locations.OutOfReach.TryGetValue(name, out var why)
        ? ErrorAnswer.For(http, StatusCodes.Status503ServiceUnavailable, "This location cannot be reached.", why)
        : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such location.", "Choose one from the page of all locations.");
}
