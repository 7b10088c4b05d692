using Microsoft.Extensions.DependencyInjection;

namespace SecureRecorder.RetentionJobs.Purge;

internal static class PurgeRegistration
{
    public static IServiceCollection AddPurge(this IServiceCollection services) =>
        services.AddScoped<PurgeObjects>().AddScoped<PurgeSteps>().AddScoped<PurgeSession>().AddScoped<PurgeTrack>();
}
