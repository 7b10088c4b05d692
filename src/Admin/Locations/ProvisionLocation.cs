using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Admin.Locations;

/// <summary>Makes the bucket, and makes it private, before the first request; says what the server of the bucket could not do.</summary>
internal sealed partial class ProvisionLocation(KnownLocations locations, IOptions<LocationOptions> options, ILogger<ProvisionLocation> log) : IHostedService
{
    /// <summary>What was done and what could not be; null: not tried, or the location was away.</summary>
    public ProvisionReport? Report { get; private set; }

    /// <summary>Whether the location did not answer.</summary>
    public bool IsAway { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Provision) { return; }

        try
        {
            var report = await locations.Main.Store.ProvisionAsync(cancellationToken);
            Report = report;
            foreach (var step in report.Steps)
            {
                if (step.Done) { LogDone(step.Measure, step.Detail); } else { LogMissing(step.Measure, step.Detail); }
            }
        }
        catch (ObjectStoreException refused) when (refused.Fault is ObjectStoreFault.Unsafe or ObjectStoreFault.Denied or ObjectStoreFault.Rejected)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
        catch (ObjectStoreException away)
        {
            IsAway = true;
            LogAway(away); // the server starts all the same; nothing is recorded while the location gate says no
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2111, LogLevel.Information, "Location, {Measure}: {Detail}")]
    private partial void LogDone(string measure, string detail);

    [LoggerMessage(2112, LogLevel.Warning, "Location, {Measure}: not done: {Detail}")]
    private partial void LogMissing(string measure, string detail);

    [LoggerMessage(2113, LogLevel.Error, "The storage location could not be prepared; nothing is recorded until it answers")]
    private partial void LogAway(Exception failure);
}
