using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;

namespace SecureRecorder.Admin.Exports;

/// <summary>What an export needs.</summary>
internal static class ExportRegistration
{
    public static IServiceCollection AddExports(this IServiceCollection services)
    {
        services.AddOptions<ExportOptions>().BindConfiguration(ExportOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ExportOptions>, ExportOptionsValidator>();
        services.AddSingleton<RemuxVideo>().AddSingleton<WriteArchive>();
        services.AddScoped<ExportRight>().AddScoped<ExportSources>().AddScoped<RequestExport>().AddScoped<StartExport>().AddScoped<BuildExport>().AddScoped<DownloadExport>().AddScoped<ExportPages>();
        services.AddHostedOnJobs<RunExports>();
        return services;
    }
}
