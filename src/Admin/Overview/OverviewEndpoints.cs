using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Overview;

/// <summary>The org admin's first page.</summary>
internal static class OverviewEndpoints
{
    public static WebApplicationBuilder AddOverview(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<ReadOverview>();
        return builder;
    }

    public static void MapOverview(this IEndpointRouteBuilder routes) => routes.MapGet("/overview", async (ClaimsPrincipal user, ReadOverview read, CancellationToken cancellation) =>
        new RazorComponentResult<OverviewPage>(new { Account = user.Identity!.Name!, Shown = await read.RunAsync(cancellation) })).RequireAuthorization(Policies.Admins);
}
