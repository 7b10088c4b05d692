using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Looks at every location, whether or not anybody records.</summary>
public sealed class CheckPosture(KnownLocations locations, PostureOfLocations postures) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var location in locations.All) { await postures.Of(location).LookAsync(cancellation); }
    }
}
