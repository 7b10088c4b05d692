using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>Replay's pieces.</summary>
internal static class ReplayRegistration
{
    public static IServiceCollection AddReplay(this IServiceCollection services)
    {
        services.AddOptions<ReplayOptions>().BindConfiguration(ReplayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReplayOptions>, ReplayOptionsValidator>();
        services.AddSingleton(provider => new TrackSigners(provider.GetRequiredService<SigningKey>(), EarlierServerKeys.Read(provider.GetRequiredService<DataFolder>().Keys)));
        services.AddSingleton<ReplayTracks>();
        services.AddScoped<ReplayEntitlements>();
        services.AddScoped<ReplayAccess>();
        services.AddScoped<OpenReplay>().AddScoped<PurposesOfSession>().AddScoped<PurposeView>();
        services.AddHostedOnWeb<WarmReplay>();
        return services;
    }
}
