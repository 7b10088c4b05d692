using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Expiry;

/// <summary>Makes the coming months' keys, wraps what is kept longer for a later one, and destroys those whose month is over and on which nothing hangs: from then on no backup opens what was deleted.</summary>
public sealed partial class DestroyExpiredKeys(
    KnownLocations locations, MakeComingKeys make, WrapForOtherMonths wrap, DestroyMonthsKeys destroy, JobReport report, ILogger<DestroyExpiredKeys> log) : IScheduledJob
{
    /// <summary>So long after its month a key is kept: clocks of servers differ.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>As the schedule names it.</summary>
    public const string Name = "destroy-expired-keys";

    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var location in locations.All.Where(location => location.ExpiryKeys is not null))
        {
            try
            {
                await make.RunAsync(location, cancellation);
                await wrap.RunAsync(location, cancellation);
                await destroy.RunAsync(location, cancellation); // those on which nothing hangs, whatever could not be wrapped anew
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested && failed is KeyServiceException or KeyRefusedException or ObjectStoreException or TrackAlteredException)
            {
                report.Failed("location", "whose months' keys could not be kept", failed);
                Failed(log, location.Name, failed);
            }
        }
    }

    [LoggerMessage(3511, LogLevel.Warning, "The months' keys of the location '{Location}' could not be kept")]
    private static partial void Failed(ILogger log, string location, Exception failed);
}
