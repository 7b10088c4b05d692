using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Forgets runs that are old, or too many of one job.</summary>
public sealed class TrimJobRuns(CatalogueDb catalogue, JobReport report, TimeProvider clock) : IScheduledJob
{
    public const int MostOfOneJob = 500;

    public static readonly TimeSpan Age = TimeSpan.FromDays(90);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var old = clock.GetUtcNow() - Age;
        report.Did("run", "forgotten", await catalogue.JobRuns.Where(run => run.EndedAt != null && run.BeganAt < old).ExecuteDeleteAsync(cancellation));
        foreach (var job in await catalogue.JobRuns.Select(run => run.Job).Distinct().ToListAsync(cancellation))
        {
            var oldest = await catalogue.JobRuns.Where(run => run.Job == job && run.EndedAt != null).OrderByDescending(run => run.BeganAt)
                .Select(run => (DateTimeOffset?)run.BeganAt).Skip(MostOfOneJob - 1).FirstOrDefaultAsync(cancellation);
            if (oldest is null) { continue; }

            report.Did("run", "forgotten", await catalogue.JobRuns.Where(run => run.Job == job && run.EndedAt != null && run.BeganAt < oldest).ExecuteDeleteAsync(cancellation));
        }
    }
}
