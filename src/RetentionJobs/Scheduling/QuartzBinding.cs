using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Runs the schedule with Quartz, which keeps it in tables of its own in the catalogue's database: one of the two files that know an engine.</summary>
internal static class QuartzBinding
{
    /// <summary>How soon a process notices what another one asked for.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>A run that is later than this is missed: all that were missed are made up for by one.</summary>
    private static readonly TimeSpan Missed = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddEngine(this IServiceCollection services, JobStore store, bool runs)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => (scheduler.IdleWaitTime, scheduler.ShutdownJobInterruption) = (Look, ShutdownJobInterruption.Always));
            quartz.UsePersistentStore(tables =>
            {
                tables.ProvisionSchema();
                tables.ConfigureStore(options => options.MisfireThreshold = Missed);
                if (!store.IsPostgres)
                {
                    tables.UseSqlite(SqliteFactory.Instance, store.ConnectionString);
                    return;
                }

                tables.UsePostgres(NpgsqlFactory.Instance, store.ConnectionString);
                tables.UseClustering(_ => { });
            });
        });
        services.AddSingleton(provider => new QuartzEngine(provider.GetRequiredService<ISchedulerFactory>(), provider.GetRequiredService<IReadOnlyList<JobEntry>>(), runs));
        services.AddSingleton<IJobEngine>(provider => provider.GetRequiredService<QuartzEngine>());
        return services.AddHostedService(provider => provider.GetRequiredService<QuartzEngine>());
    }

    /// <summary>Brings what is stored to what the table of jobs says. A job that is there keeps its rhythm, unless it has another interval now.</summary>
    internal static async Task TakeOverAsync(this IScheduler scheduler, IReadOnlyList<JobEntry> schedule, CancellationToken cancellation)
    {
        foreach (var entry in schedule)
        {
            var (job, key) = (new JobKey(entry.Name), new TriggerKey(entry.Name));
            await scheduler.AddJob(JobBuilder.Create<Execution>().WithIdentity(job).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, cancellation);
            var stored = await scheduler.GetTrigger(key, cancellation) as ISimpleTrigger;
            if (stored?.RepeatInterval != entry.Every)
            {
                await scheduler.ScheduleTrigger(TriggerOf(entry, stored?.NextFireTimeUtc, scheduler.TimeProvider.GetUtcNow()), TriggerConflict.Replace, cancellation);
            }
            else if (await scheduler.GetTriggerState(key, cancellation) is TriggerState.Error) { await scheduler.ResetTriggerFromErrorState(key, cancellation); }
        }

        var gone = (await scheduler.QueryJobs(new JobQuery(), cancellation)).Items.Select(job => job.Key).Where(job => schedule.All(entry => entry.Name != job.Name)).ToList();
        if (gone.Count > 0) { await scheduler.DeleteJobs(gone, cancellation); }
    }

    /// <summary>After a time in which nothing ran it runs once, at once.</summary>
    private static ITrigger TriggerOf(JobEntry entry, DateTimeOffset? next, DateTimeOffset now) => TriggerBuilder.Create().ForJob(entry.Name).WithIdentity(entry.Name)
        .StartAt(next is { } known && known < now + entry.Every ? known : next is null ? now : now + entry.Every)
        .WithSimpleSchedule(every => every.WithInterval(entry.Every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)).Build();

    /// <summary>What Quartz makes for each run.</summary>
    [DisallowConcurrentExecution]
    internal sealed class Execution(RunJob run) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => await run.RunAsync(context.JobDetail.Key.Name, cancellationToken);
    }

    private sealed class QuartzEngine(ISchedulerFactory schedulers, IReadOnlyList<JobEntry> schedule, bool runs) : IJobEngine, IHostedService
    {
        /// <summary>Triggers that somebody asked for, beside those of the schedule.</summary>
        private const string Asked = "asked";

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            await scheduler.TakeOverAsync(schedule, cancellationToken);
            if (runs) { await scheduler.Start(cancellationToken); }
        }

        public async Task StopAsync(CancellationToken cancellationToken) =>
            await (await schedulers.GetScheduler(CancellationToken.None)).Shutdown(waitForJobsToComplete: true, cancellationToken);

        public async Task RunNowAsync(string job, CancellationToken cancellation) => await (await schedulers.GetScheduler(cancellation)).ScheduleTrigger(
            TriggerBuilder.Create().ForJob(job).WithIdentity(job, Asked).StartNow().Build(), TriggerConflict.Keep, cancellation);

        public async Task<IReadOnlyDictionary<string, DateTimeOffset>> NextRunsAsync(CancellationToken cancellation)
        {
            var scheduler = await schedulers.GetScheduler(cancellation);
            var triggers = await scheduler.GetTriggers([.. schedule.Select(entry => new TriggerKey(entry.Name))], cancellation);
            return triggers.Where(trigger => trigger.NextFireTimeUtc is not null).ToDictionary(trigger => trigger.Key.Name, trigger => trigger.NextFireTimeUtc!.Value, StringComparer.Ordinal);
        }
    }
}
