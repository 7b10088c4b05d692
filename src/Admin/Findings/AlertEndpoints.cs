using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Posture;
using SecureRecorder.RetentionJobs.Alerts;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Findings;

/// <summary>Findings that are kept and told: what the server needs for it, and the org admin's test alert.</summary>
internal static class AlertEndpoints
{
    public const string Test = PostureEndpoints.Path + "/test-alert";

    public static WebApplicationBuilder AddFindings(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new PagesAddress(provider.GetRequiredService<IOptions<ServerOptions>>().Value.Public));
        builder.Services.AddFindingsAndAlerts();
        return builder;
    }

    public static void MapAlerts(this IEndpointRouteBuilder routes) => routes.MapPost(Test, TestAsync).RequireAuthorization(Policies.Admins);

    private static async Task<RedirectHttpResult> TestAsync([FromForm] string? _, ClaimsPrincipal user, QueueAlert alerts, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation)
    {
        var id = alerts.Add(catalogue, new("alert.test", FindingSeverity.Low, LocationName.Server, "Test alert", "Somebody asked for this on the page Storage. Nothing is wrong.", PostureEndpoints.Path), clock.GetUtcNow());
        await catalogue.RecordAsync(clock, user.Identity!.Name!, "alert.test", null, id is null ? AuditOutcome.Failed : AuditOutcome.Allowed, id is null ? "no channel is configured" : $"{id}", cancellation);
        return TypedResults.LocalRedirect("~" + PostureEndpoints.Path);
    }
}

/// <summary>Who is told, and what became of the last alerts.</summary>
public sealed record AlertStanding(IReadOnlyList<string> Channels, IReadOnlyList<OutgoingAlert> Last)
{
    private const int Shown = 6;

    internal static async Task<AlertStanding> ReadAsync(CatalogueDb catalogue, IEnumerable<IAlertChannel> channels, CancellationToken cancellation) => new(
        [.. channels.Where(channel => channel.IsConfigured).Select(channel => channel.Name)],
        await catalogue.Alerts.AsNoTracking().OrderByDescending(alert => alert.CreatedAt).ThenBy(alert => alert.Channel).Take(Shown).ToListAsync(cancellation));
}
