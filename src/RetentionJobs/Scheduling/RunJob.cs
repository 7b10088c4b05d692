using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Runs one job in a scope of its own, and keeps in the catalogue what came of it. The engine sees to it that two runs of one job never overlap.</summary>
internal sealed partial class RunJob(
    IReadOnlyList<JobEntry> schedule, IServiceScopeFactory scopes, IDbContextFactory<CatalogueDb> catalogues, ThisNode node, TimeProvider clock, ILogger<RunJob> log)
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a process that stops may take to say what came of its run.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    public async Task RunAsync(string name, CancellationToken cancellation)
    {
        if (schedule.FirstOrDefault(entry => entry.Name == name) is not { } job)
        {
            LogUnknown(name); // a process of another version has it
            return;
        }

        var run = await BeginAsync(name, cancellation);
        await using var scope = scopes.CreateAsyncScope();
        var report = scope.ServiceProvider.GetRequiredService<JobReport>();
        using var over = new CancellationTokenSource();
        var telling = TellAsync(run, report, over.Token);
        var (outcome, failure) = await WorkAsync(job, scope.ServiceProvider, cancellation);
        await over.CancelAsync();
        await telling;
        await EndAsync(name, run, outcome, failure, report.Tell());
    }

    private async Task<(JobOutcome? Outcome, string? Failure)> WorkAsync(JobEntry job, IServiceProvider services, CancellationToken cancellation)
    {
        try
        {
            await ((IScheduledJob)services.GetRequiredService(job.Job)).RunAsync(cancellation);
            return (null, null);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            LogFailed(job.Name, failed);
            return (JobOutcome.Failed, JobReport.WordsOf(failed));
        }
        catch (Exception)
        {
            return (JobOutcome.Stopped, null);
        }
    }

    /// <summary>Takes the run that somebody waits for, or makes one. Where another one still counts as running, the process that ran it is gone.</summary>
    private async Task<Guid> BeginAsync(string job, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        var open = await catalogue.JobRuns.Where(run => run.Job == job && (run.Outcome == JobOutcome.Waiting || run.Outcome == JobOutcome.Running)).OrderBy(run => run.BeganAt).ToListAsync(cancellation);
        foreach (var lost in open.Where(run => run.Outcome is JobOutcome.Running))
        {
            (lost.Outcome, lost.EndedAt, lost.Failure) = (JobOutcome.Failed, now, "The process that ran it ended before the run did; the next one goes on.");
            LogLost(job, lost.Node);
        }

        var waiting = open.Where(run => run.Outcome is JobOutcome.Waiting).ToList();
        var mine = waiting.FirstOrDefault();
        catalogue.JobRuns.RemoveRange(waiting.Skip(1)); // one run answers all who asked meanwhile
        if (mine is null) { catalogue.JobRuns.Add(mine = new() { Id = Guid.NewGuid(), Job = job, Outcome = JobOutcome.Running, BeganAt = now }); }
        (mine.Outcome, mine.BeganAt, mine.Node) = (JobOutcome.Running, now, node.Name);
        await catalogue.SaveChangesAsync(cancellation);
        return mine.Id;
    }

    /// <summary>Says how far it is, while it runs.</summary>
    private async Task TellAsync(Guid run, JobReport report, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TellInterval, clock);
        for (var last = report.Tell(); ;)
        {
            try
            {
                await timer.WaitForNextTickAsync(over);
                if (report.Tell() is var now && now == last) { continue; }

                last = now;
                await using var catalogue = await catalogues.CreateDbContextAsync(over);
                await catalogue.JobRuns.Where(row => row.Id == run).ExecuteUpdateAsync(row => row.SetProperty(r => r.Did, now.Did).SetProperty(r => r.Done, now.Done).SetProperty(r => r.Total, now.Total), over);
            }
            catch (Exception) when (over.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                LogNotTold(failed); // its end is told all the same
            }
        }
    }

    private async Task EndAsync(string job, Guid id, JobOutcome? outcome, string? failure, JobReport.Told told)
    {
        try
        {
            using var limit = new CancellationTokenSource(LastWords);
            await using var catalogue = await catalogues.CreateDbContextAsync(limit.Token);
            await using var transaction = await catalogue.Database.BeginTransactionAsync(limit.Token);
            await catalogue.JobRuns.Where(run => run.Job == job && run.Outcome == JobOutcome.Nothing).ExecuteDeleteAsync(limit.Token);
            var (ended, became, why) = ((DateTimeOffset?)clock.GetUtcNow(), outcome ?? (told.Failure is not null ? JobOutcome.Failed : told.Did is not null ? JobOutcome.Done : JobOutcome.Nothing), failure ?? told.Failure);
            await catalogue.JobRuns.Where(run => run.Id == id).ExecuteUpdateAsync(
                run => run.SetProperty(r => r.Outcome, became).SetProperty(r => r.EndedAt, ended).SetProperty(r => r.Did, told.Did).SetProperty(r => r.Failure, why)
                    .SetProperty(r => r.Done, told.Done).SetProperty(r => r.Total, told.Total), limit.Token);
            if (became is JobOutcome.Failed) { await ForgetRepeatedAsync(catalogue, job, id, why, told.Did, limit.Token); }
            await transaction.CommitAsync(limit.Token);
        }
        catch (Exception failed)
        {
            LogNotKept(job, failed); // the next run says that this one was lost
        }
    }

    /// <summary>Of a job that fails again and again in the same way the first time and the last one are kept: the others would push out what it did before.</summary>
    private static async Task ForgetRepeatedAsync(CatalogueDb catalogue, string job, Guid id, string? failure, string? did, CancellationToken cancellation)
    {
        var before = await catalogue.JobRuns.AsNoTracking().Where(run => run.Job == job && run.EndedAt != null && run.Id != id).OrderByDescending(run => run.BeganAt).Take(2).ToListAsync(cancellation);
        if (before.Count < 2 || before.Exists(run => run.Outcome is not JobOutcome.Failed || run.Failure != failure || run.Did != did) || before[0].Asked) { return; }

        var middle = before[0].Id;
        await catalogue.JobRuns.Where(run => run.Id == middle).ExecuteDeleteAsync(cancellation);
    }

    [LoggerMessage(3000, LogLevel.Error, "The job {Job} failed; it runs again by its schedule")]
    private partial void LogFailed(string job, Exception failed);

    [LoggerMessage(3003, LogLevel.Warning, "There is no job {Job} in this version: it was not run")]
    private partial void LogUnknown(string job);

    [LoggerMessage(3004, LogLevel.Warning, "The run of {Job} on {Node} was not brought to its end")]
    private partial void LogLost(string job, string? node);

    [LoggerMessage(3005, LogLevel.Debug, "How far a job is could not be kept")]
    private partial void LogNotTold(Exception failed);

    [LoggerMessage(3006, LogLevel.Error, "What came of the job {Job} could not be kept")]
    private partial void LogNotKept(string job, Exception failed);
}
