using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Admin.Operation.Jobs;
using SecureRecorder.Admin.Operation.Parts;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;

namespace SecureRecorder.Admin.Operation;

/// <summary>The server's ground: its folder, keys, catalogue and clock.</summary>
internal static class OperationRegistration
{
    public const string Health = "/health";
    public const string Ready = "/ready";

    public static WebApplicationBuilder AddOperation(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<DataOptions>().Bind(builder.Configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DataOptions>, DataOptionsValidator>();
        services.AddSingleton<DataFolder>();
        services.AddOptions<CatalogueOptions>().BindConfiguration(CatalogueOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CatalogueOptions>, CatalogueOptionsValidator>();
        services.AddSingleton<CatalogueConnection>();
        services.AddSingleton(ServerRoles.Of(builder.Configuration));
        services.AddSingleton<IValidateOptions<ServerOptions>, RolesFitCatalogue>();
        services.AddSingleton(provider =>
        {
            _ = provider.GetRequiredService<IOptions<ServerOptions>>().Value; // roles that cannot be are refused before keys are missed
            return ServerKeys.OpenOrCreate(provider.GetRequiredService<DataFolder>(), mayCreate: provider.GetRequiredService<ServerRoles>().Web, needsKek: provider.GetRequiredService<IOptions<LocationOptions>>().Value.Key is null);
        });
        services.AddSingleton(provider => provider.GetRequiredService<ServerKeys>().Signing);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(Console.Out);
        services.AddDbContextFactory<CatalogueDb>((provider, options) => provider.GetRequiredService<CatalogueConnection>().Use(options)
            .AddInterceptors(SealedRows.Interceptor, provider.GetRequiredService<AddParticipantAddress>()));
        services.AddDataProtection().SetApplicationName("secure-recorder");
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>, KeysInTheDataFolder>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RecordingJson.Default));
        services.AddRazorComponents();
        ApiDocument.AddTo(services);
        services.AddParts();
        services.AddHostedOnWeb<SoleServer>(); // the first to start and the last to stop
        services.AddHostedService<OpenCatalogue>();
        services.AddSingleton<KeepNode>();
        services.AddHostedService(provider => provider.GetRequiredService<KeepNode>());
        return builder;
    }

    public static void MapOperation(this IEndpointRouteBuilder routes)
    {
        routes.MapSecurityTxt();
        ApiDocument.Map(routes);
        routes.MapParts();
        routes.MapJobs();
    }

    /// <summary>What every process answers, whatever its role.</summary>
    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Health, () => TypedResults.Text("alive")).AllowAnonymous().WithTags("operation").Describe("health", "Whether the process answers").Produces<string>(contentType: "text/plain");
        routes.MapGet(Ready, async (IDbContextFactory<CatalogueDb> factory, CancellationToken cancellation) =>
        {
            await using var catalogue = await factory.CreateDbContextAsync(cancellation);
            return await catalogue.Database.CanConnectAsync(cancellation) ? TypedResults.Text("ready") : (IResult)TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous().WithTags("operation").Describe("ready", "Whether the server can do its work", 503).Produces<string>(contentType: "text/plain");
    }
}
