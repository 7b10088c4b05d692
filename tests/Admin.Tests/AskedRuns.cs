using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests;

/// <summary>Jobs that a test has run at a moment of its own.</summary>
internal static class AskedRuns
{
    /// <summary>Has the server's engine run a job, as an admin does, and waits for the end: called directly, it would run beside the schedule's own run, which the engine never lets happen.</summary>
    public static async Task RunJobAsync<T>(this Server server) where T : IScheduledJob
    {
        var job = server.Services.GetRequiredService<IReadOnlyList<JobEntry>>().Single(entry => entry.Job == typeof(T)).Name;
        var asked = new JobRun { Id = Guid.NewGuid(), Job = job, Outcome = JobOutcome.Waiting, Asked = true, BeganAt = server.Clock.GetUtcNow() };
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.JobRuns.Add(asked);
            return catalogue.SaveChangesAsync();
        });
        await server.Services.GetRequiredService<IJobEngine>().RunNowAsync(job, default);

        JobRun? run = null;
        await Eventually.CompleteAsync(() => server.InCatalogueAsync(async catalogue =>
        {
            run = await catalogue.JobRuns.AsNoTracking().SingleOrDefaultAsync(row => row.Id == asked.Id);
            return run is null or { EndedAt: not null } ? null : $"{job} is {run.Outcome}."; // a run that had nothing to do is forgotten with the next one
        }));
        Assert.Null(run?.Failure);
    }
}
