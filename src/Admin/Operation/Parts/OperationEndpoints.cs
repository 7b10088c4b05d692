using Microsoft.AspNetCore.Http.HttpResults;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The operators' page.</summary>
internal static class OperationEndpoints
{
    public const string Path = "/operation";

    public static void AddParts(this IServiceCollection services)
    {
        services.AddScoped<LookAtServer>();
        services.AddScoped<IServerPart, LocationPart>().AddScoped<IServerPart, KeyPart>().AddScoped<IServerPart, CataloguePart>().AddScoped<IServerPart, DiskPart>().AddScoped<IServerPart, WorkPart>();
        services.AddScoped<IServerPart, JobsPart>().AddScoped<IServerPart, AuditPart>().AddScoped<IServerPart, ForwardingPart>().AddScoped<IServerPart, VersionPart>();
    }

    public static void MapParts(this IEndpointRouteBuilder routes) =>
        routes.MapGet(Path, async (HttpContext http, LookAtServer look, CancellationToken cancellation) =>
            new RazorComponentResult<OperationPage>(new { Account = http.User.Identity!.Name!, Parts = await look.RunAsync(cancellation) })).RequireAuthorization(Policies.Operators);
}
