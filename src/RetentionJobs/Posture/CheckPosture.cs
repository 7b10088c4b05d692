using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Looks at every location, whether or not anybody records.</summary>
public sealed class CheckPosture(KnownLocations locations, PostureOfLocations postures, JobReport report) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var location in locations.All)
        {
            if (await postures.Of(location).LookAsync(cancellation) is not { } look) { continue; } // a folder

            if (look.Failure is { } failure)
            {
                report.Failed("bucket", "not checked", new ObjectStoreException(failure));
                continue;
            }

            report.Did("bucket", "checked");
            report.Did("finding", "to mend", look.Report!.Findings.Count);
        }

        foreach (var (_, why) in locations.OutOfReach) { report.Failed("bucket", "not checked", new ObjectStoreException(why)); }
    }
}
