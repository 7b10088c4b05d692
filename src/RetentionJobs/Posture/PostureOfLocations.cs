using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>The last look at each location.</summary>
public sealed class PostureOfLocations(IServiceProvider services) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<LastPosture>> _looks = new(StringComparer.Ordinal);

    public LastPosture Of(Location location) =>
        _looks.GetOrAdd(location.Name, _ => new(() => ActivatorUtilities.CreateInstance<LastPosture>(services, new BucketToCheck(location.Name, location.Bucket)))).Value;

    public void Dispose()
    {
        foreach (var look in _looks.Values.Where(look => look.IsValueCreated)) { look.Value.Dispose(); }
    }
}
