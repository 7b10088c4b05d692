using System.Text.Json;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Locations;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Admin.Keys;

/// <summary>Reads the public halves of keys in vaults at the start and every hour, and keeps them in the data folder: a server starts and records while its vault is away.</summary>
internal sealed partial class KeepPublicKeys(
    NamedKeys keys, IOptions<LocationOptions> main, DataFolder folder, TimeProvider clock, ILogger<KeepPublicKeys> log) : BackgroundService
{
    /// <summary>How soon a rotation is noticed.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How soon a look that failed is repeated.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _read = new(StringComparer.Ordinal);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAllAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Reads them, or takes what an earlier start kept.</summary>
    /// <exception cref="StartRefusedException">That of the main location is not known, or is none.</exception>
    public async Task ReadAllAsync(CancellationToken cancellation)
    {
        foreach (var (name, key) in keys.Services())
        {
            Recall(name, key);
            try
            {
                await ReadAsync(name, key, cancellation);
            }
            catch (Exception failed) when (failed is KeyServiceException or KeyRefusedException)
            {
                if (name == main.Value.Key && (failed is KeyRefusedException || !key.IsKnown)) { throw new StartRefusedException($"Keys:{name}: {failed.Message}", failed); }
                LogNotRead(name, failed.Message); // of another location: that one records nothing meanwhile
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Retry, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) { await RefreshAsync(stoppingToken); }
    }

    /// <summary>Reads again those whose time has come.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        foreach (var (name, key) in keys.Services())
        {
            if (_read.TryGetValue(name, out var before) && clock.GetElapsedTime(before) < Interval) { continue; }
            try
            {
                await ReadAsync(name, key, cancellation);
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                LogNotRead(name, failed.Message);
            }
        }
    }

    private async Task ReadAsync(string name, ServiceKey key, CancellationToken cancellation)
    {
        _read.Remove(name);
        var before = key.IsKnown && key.Refusal is null ? key.PublicKey : null;
        var found = await key.LookUpAsync(cancellation);
        _read[name] = clock.GetTimestamp();
        if (found == before && File.Exists(PathOf(name))) { return; }

        if (before is not null && before != found) { LogRotated(name, found.Kid); }
        Keep(name, found);
    }

    private string PathOf(string name) => Path.Combine(folder.Root, "public-keys", name + ".json");

    private void Recall(string name, ServiceKey key)
    {
        try
        {
            if (!File.Exists(PathOf(name))) { return; }
            if (JsonSerializer.Deserialize<KekPublicKey>(OwnerOnlyFile.Read(PathOf(name), "public key"), JsonSerializerOptions.Web) is { Kid: not null, Jwk: not null } kept) { key.Remember(kept); }
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException or JsonException)
        {
            LogNotKept(name, unread.Message);
        }
    }

    private void Keep(string name, KekPublicKey key)
    {
        try
        {
            var written = $"{PathOf(name)}.{Guid.NewGuid():N}";
            OwnerOnlyFile.Create(written, JsonSerializer.Serialize(key, JsonSerializerOptions.Web));
            File.Move(written, PathOf(name), overwrite: true);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            LogNotKept(name, full.Message); // it is known to this process all the same
        }
    }

    [LoggerMessage(2131, LogLevel.Warning, "The public half of the key '{Key}' could not be read; what was read before counts: {Why}")]
    private partial void LogNotRead(string key, string why);

    [LoggerMessage(2132, LogLevel.Information, "The key '{Key}' was rotated: from now on data keys are wrapped for {Kid}")]
    private partial void LogRotated(string key, string kid);

    [LoggerMessage(2133, LogLevel.Warning, "The public half of the key '{Key}' cannot be kept in the data folder: {Why}")]
    private partial void LogNotKept(string key, string why);
}
