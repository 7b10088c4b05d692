using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SecureRecorder.Admin.Access;
using SecureRecorder.RetentionJobs.Scheduling;

namespace SecureRecorder.Admin.Operation.Jobs;

/// <summary>The scheduled jobs, and their page for org admins and operators.</summary>
internal static class JobEndpoints
{
    public const string Path = "/jobs";

    /// <summary>Stands where no database is configured: the start is refused before anything opens it.</summary>
    private const string Nowhere = "Host=nowhere.invalid";

    public static WebApplicationBuilder AddJobs(this WebApplicationBuilder builder)
    {
        var (settings, roles) = (builder.Configuration, ServerRoles.Of(builder.Configuration));
        var isPostgres = settings[$"{CatalogueOptions.Section}:{nameof(CatalogueOptions.Kind)}"] == CatalogueOptions.Postgresql;
        builder.Services.AddRetentionJobs(
            new(isPostgres, (isPostgres ? settings[$"{CatalogueOptions.Section}:{nameof(CatalogueOptions.ConnectionString)}"] : DataFolder.ConnectionStringOf(settings[nameof(DataOptions.DataDirectory)])) is { Length: > 0 } given ? given : Nowhere), roles.Jobs);
        builder.Services.AddScoped<RunJobNow>().AddScoped<ReadJobs>();
        return builder;
    }

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup(Path).RequireAuthorization(Policies.Jobs);
        jobs.MapGet("", async (string? job, ClaimsPrincipal user, ReadJobs read, CancellationToken cancellation) =>
            new RazorComponentResult<JobsPage>(new { Account = user.Identity!.Name!, View = await read.RunAsync(job, cancellation) }));
        jobs.MapPost("/{job}/run", RunAsync);
    }

    private static async Task<IResult> RunAsync(string job, [FromForm] string? _, ClaimsPrincipal user, RunJobNow run, HttpContext http, CancellationToken cancellation) =>
        await run.RunAsync(job, user.Identity!.Name!, cancellation)
            ? TypedResults.LocalRedirect($"~{Path}#{job}")
            : ErrorAnswer.For(http, StatusCodes.Status404NotFound, "There is no such job.", "Choose one from the list of jobs.");
}
