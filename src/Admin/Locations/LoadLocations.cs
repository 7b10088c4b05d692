using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Makes this process know the locations that are in the catalogue: at the start, and within seconds when another server adds or closes one.</summary>
internal sealed partial class LoadLocations(
    KnownLocations known, IDbContextFactory<CatalogueDb> catalogues, OpenLocation open, TimeProvider clock, ILogger<LoadLocations> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>What cannot be reached from here is said, and does not keep the others from being used.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var (reached, outOfReach) = (new List<Location>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var row in await catalogue.Locations.AsNoTracking().ToListAsync(cancellation))
        {
            try
            {
                reached.Add(open.Of(row));
            }
            catch (StartRefusedException refused)
            {
                outOfReach.Add(row.Name, $"The storage location '{row.Name}' cannot be reached from this server: {refused.Message}");
                if (!known.OutOfReach.ContainsKey(row.Name)) { LogOutOfReach(row.Name, refused.Message); }
            }
        }

        known.Take(reached, outOfReach);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(failed); // what was known is known still
            }
        }
    }

    [LoggerMessage(2121, LogLevel.Error, "The storage location '{Location}' cannot be reached: {Why}")]
    private partial void LogOutOfReach(string location, string why);

    [LoggerMessage(2122, LogLevel.Warning, "The storage locations could not be read")]
    private partial void LogNotRead(Exception failed);
}

/// <summary>Opens a location of the catalogue with the credential and the key that it names; the same one for as long as it lasts.</summary>
internal sealed class OpenLocation(IOptions<LocationSecrets> secrets, NamedKeys keys, OpenExpiryKeys months, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<string, Location> _open = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <exception cref="StartRefusedException">The configuration lacks its credential or its key.</exception>
    public Location Of(StorageLocation row)
    {
        lock (_gate)
        {
            var known = _open.TryGetValue(row.Name, out var before) ? before : Make(row);
            return _open[row.Name] = known with { IsClosed = row.ClosedAt is not null, KeysExpire = row.ExpiringKeys };
        }
    }

    /// <summary>Opens one that is not in the catalogue yet. The caller disposes its store.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public Location Make(StorageLocation row)
    {
        if (!secrets.Value.Credentials.TryGetValue(row.Credential, out var credential)) { throw new StartRefusedException($"The configuration has no credential '{row.Credential}': set Credentials:{row.Credential}:AccessKeyId and SecretAccessKey."); }

        var (kek, region) = keys.Of(row.Key);
        var bucket = new S3LocationOptions
        {
            Endpoint = new(row.Endpoint),
            Region = row.Region,
            Bucket = row.Bucket,
            Prefix = row.Prefix,
            AccessKeyId = credential.AccessKeyId,
            SecretAccessKey = credential.SecretAccessKey,
            Versioning = row.Versioning,
            ObjectLock = row.ObjectLock,
            CloseAutomatically = row.CloseAutomatically,
        };
        var store = new S3ObjectStore(bucket, clock);
        return new(row.Name, row.Region, store, kek, bucket) { KekRegion = region, KeysExpire = row.ExpiringKeys, ExpiryKeys = months.Of(row.Name, row.Key, store) };
    }

    public void Dispose()
    {
        foreach (var location in _open.Values) { (location.Store as IDisposable)?.Dispose(); }
    }
}
