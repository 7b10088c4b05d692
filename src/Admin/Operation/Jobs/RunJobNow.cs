using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Jobs;

/// <summary>Has a job run beside its schedule, on whichever process runs jobs.</summary>
internal sealed class RunJobNow(CatalogueDb catalogue, IReadOnlyList<JobEntry> schedule, IJobEngine engine, TimeProvider clock)
{
    /// <returns>False: there is no such job.</returns>
    public async Task<bool> RunAsync(string job, string actor, CancellationToken cancellation)
    {
        if (schedule.All(entry => entry.Name != job)) { return false; }

        var isAsked = await catalogue.JobRuns.AnyAsync(run => run.Job == job && run.Outcome == JobOutcome.Waiting, cancellation);
        if (!isAsked) { catalogue.JobRuns.Add(new() { Id = Guid.NewGuid(), Job = job, Outcome = JobOutcome.Waiting, Asked = true, BeganAt = clock.GetUtcNow() }); }
        await catalogue.RecordAsync(clock, actor, "job.run", null, AuditOutcome.Allowed, job, cancellation);
        await engine.RunNowAsync(job, cancellation);
        return true;
    }
}
