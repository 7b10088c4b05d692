using System.Collections.Concurrent;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>The gate of each location.</summary>
internal sealed class LocationGates(KnownLocations locations, PostureOfLocations postures, TimeProvider clock, ILogger<LocationGate> log) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<LocationGate>> _gates = new(StringComparer.Ordinal);

    public LocationGate Of(Location location) => _gates.GetOrAdd(location.Name, _ => new(() => new(location, postures.Of(location), clock, log))).Value;

    /// <summary>Null when recordings may go there; otherwise why not, in words.</summary>
    /// <inheritdoc cref="KnownLocations.Of" path="/exception"/>
    public Task<string?> RefusalAsync(string location, CancellationToken cancellation) => Of(locations.Of(location)).RefusalAsync(cancellation);

    public void Dispose()
    {
        foreach (var gate in _gates.Values.Where(gate => gate.IsValueCreated)) { gate.Value.Dispose(); }
    }
}
