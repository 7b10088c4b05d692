using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Where recordings go: a bucket, or a folder that mirrors one.</summary>
internal static class LocationRegistration
{
    public static WebApplicationBuilder AddLocations(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LocationOptions>().BindConfiguration(LocationOptions.Section).ValidateOnStart();
        services.AddOptions<S3LocationOptions>().BindConfiguration(S3LocationOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LocationOptions>, LocationOptionsValidator>();
        services.AddSingleton<IValidateOptions<S3LocationOptions>, BucketOptionsValidator>();
        services.AddSingleton(OpenFolder);
        services.AddKeyedSingleton(Location.Main, (provider, _) => Open(provider));
        services.AddSingleton(provider => new KnownLocations(OpenMain(provider)));
        services.AddSingleton<PostureOfLocations>();
        services.AddSingleton<LocationGates>();
        services.AddOptions<LocationSecrets>().Bind(builder.Configuration).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LocationSecrets>, LocationSecretsValidator>();
        services.AddSingleton<IValidateOptions<LocationSecrets>, KeysFitLocation>();
        services.AddSingleton<NamedKeys>();
        services.AddSingleton<OpenExpiryKeys>();
        services.AddSingleton<KeepPublicKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<KeepPublicKeys>());
        services.AddSingleton<OpenLocation>();
        services.AddSingleton<LoadLocations>();
        services.AddHostedService(provider => provider.GetRequiredService<LoadLocations>());
        services.AddScoped<ChooseLocation>();
        services.AddScoped<TryExpiringKeys>();
        services.AddScoped<AddLocation>();
        services.AddScoped<ChangeLocations>();
        services.AddScoped<ListLocations>();
        services.AddScoped<StartMove>();
        services.AddScoped<ApproveOrphans>();
        services.AddSingleton<ProvisionLocation>();
        services.AddHostedOnWeb<ProvisionLocation>();
        return builder;
    }

    private static FolderLocation OpenFolder(IServiceProvider provider)
    {
        if (provider.GetRequiredService<IOptions<LocationOptions>>().Value.Kind != LocationOptions.Folder) { return new(null); }

        // Recorders reach the folder by way of the server they talk to: the endpoint that hands out addresses knows its name.
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, provider.GetRequiredService<ServerKeys>().Secret, 32, info: "upload-addresses"u8.ToArray());
        var addresses = new FolderUploadAddresses(new Uri("http://server.invalid/"), key, provider.GetRequiredService<TimeProvider>());
        return new(new FolderObjectStore(provider.GetRequiredService<DataFolder>().Bucket, addresses, UploadEndpoint.LimitInBytes));
    }

    private static Location OpenMain(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<LocationOptions>>().Value;
        var (kek, region) = provider.GetRequiredService<NamedKeys>().OfMain();
        var store = provider.GetRequiredKeyedService<IObjectStore>(Location.Main);
        return new(Location.Main, options.Region, store, kek, options.Kind == LocationOptions.S3 ? provider.GetRequiredService<IOptions<S3LocationOptions>>().Value : null)
        {
            KekRegion = region,
            KeysExpire = options.ExpiringKeys,
            ExpiryKeys = provider.GetRequiredService<OpenExpiryKeys>().Of(Location.Main, options.Key, store),
        };
    }

    private static IObjectStore Open(IServiceProvider provider) => provider.GetRequiredService<FolderLocation>().Store as IObjectStore
        ?? new S3ObjectStore(provider.GetRequiredService<IOptions<S3LocationOptions>>().Value, provider.GetRequiredService<TimeProvider>());
}

/// <summary>The folder that recordings go to, where the location is one.</summary>
internal sealed record FolderLocation(FolderObjectStore? Store);
