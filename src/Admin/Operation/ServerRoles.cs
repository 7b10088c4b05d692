using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Operation;

/// <summary>What this process does: answers people and recorders, runs the scheduled jobs, or both. Read from <see cref="ServerOptions.Roles"/>.</summary>
internal sealed record ServerRoles(bool Web, bool Jobs)
{
    public static readonly ServerRoles Both = new(true, true);

    /// <summary>Null: it is neither.</summary>
    public static ServerRoles? Read(string? text)
    {
        var words = (text ?? "").Split(',', StringSplitOptions.TrimEntries);
        return words.All(word => word is "web" or "jobs") ? new(words.Contains("web", StringComparer.Ordinal), words.Contains("jobs", StringComparer.Ordinal)) : null;
    }

    /// <summary>What cannot be read is refused before the host starts.</summary>
    public static ServerRoles Of(IConfiguration configuration) => configuration[$"{ServerOptions.Section}:{nameof(ServerOptions.Roles)}"] is { } text ? Read(text) ?? Both : Both;
}

/// <summary>A file of SQLite is one process's, which does both.</summary>
internal sealed class RolesFitCatalogue(IOptions<CatalogueOptions> catalogue) : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options) =>
        ServerRoles.Read(options.Roles) is { } roles && roles != ServerRoles.Both && catalogue.Value.Kind == CatalogueOptions.Sqlite
            ? ValidateOptionsResult.Fail($"Server:Roles is '{options.Roles}', and Catalogue:Kind is '{CatalogueOptions.Sqlite}', whose file one process works on, with both roles. Set Catalogue:Kind to '{CatalogueOptions.Postgresql}', or Server:Roles to 'web,jobs'.")
            : ValidateOptionsResult.Success;
}

/// <summary>What runs in the background, where its role is.</summary>
internal static class ServerRoleServices
{
    /// <summary>Runs it where people and recorders are answered: there is one such process.</summary>
    public static IServiceCollection AddHostedOnWeb<T>(this IServiceCollection services) where T : class, IHostedService => services.AddHosted<T>(roles => roles.Web);

    /// <summary>Runs it where jobs run: there may be several such processes.</summary>
    public static IServiceCollection AddHostedOnJobs<T>(this IServiceCollection services) where T : class, IHostedService => services.AddHosted<T>(roles => roles.Jobs);

    private static IServiceCollection AddHosted<T>(this IServiceCollection services, Func<ServerRoles, bool> where) where T : class, IHostedService
    {
        services.TryAddSingleton<T>();
        return services.AddSingleton<IHostedService>(provider => where(provider.GetRequiredService<ServerRoles>()) ? provider.GetRequiredService<T>() : new Elsewhere());
    }

    private sealed class Elsewhere : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
