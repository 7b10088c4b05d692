using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Runs the schedule with Quartz: the only file that knows the engine.</summary>
public static partial class QuartzBinding
{
    public static IServiceCollection AddRetentionJobs(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ServerStart(provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton<JobRuns>();
        services.AddScoped<FinishSession>();
        services.AddScoped<PurgeSession>();
        foreach (var entry in JobSchedule.Entries) { services.AddScoped(entry.Job); }

        services.AddQuartz(quartz =>
        {
            foreach (var entry in JobSchedule.Entries)
            {
                var key = new JobKey(entry.Name);
                quartz.AddJob<RunJob>(job => job.WithIdentity(key).UsingJobData(RunJob.TypeKey, entry.Job.FullName!));
                quartz.AddTrigger(trigger => trigger.ForJob(key).WithIdentity(entry.Name)
                    .WithSimpleSchedule(every => every.WithInterval(entry.Every).RepeatForever()));
            }
        });
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        return services;
    }

    /// <summary>Runs one entry in a scope of its own. Two runs of one entry never overlap.</summary>
    [DisallowConcurrentExecution]
    internal sealed partial class RunJob(IServiceScopeFactory scopes, JobRuns runs, TimeProvider clock, ILogger<RunJob> log) : IJob
    {
        internal const string TypeKey = "job";

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            var type = context.MergedJobDataMap.GetString(TypeKey);
            var entry = JobSchedule.Entries.Single(e => e.Job.FullName == type);
            await using var scope = scopes.CreateAsyncScope();
            var begun = clock.GetTimestamp();
            try
            {
                await ((IScheduledJob)scope.ServiceProvider.GetRequiredService(entry.Job)).RunAsync(cancellationToken);
                runs.Ended(entry.Name, new(clock.GetUtcNow(), clock.GetElapsedTime(begun), Failed: false));
            }
            catch (Exception failed) when (!cancellationToken.IsCancellationRequested)
            {
                Failed(log, entry.Name, failed);
                runs.Ended(entry.Name, new(clock.GetUtcNow(), clock.GetElapsedTime(begun), Failed: true));
            }
        }

        [LoggerMessage(3000, LogLevel.Error, "The job {Job} failed; it runs again by its schedule")]
        private static partial void Failed(ILogger log, string job, Exception failed);
    }
}
