using Hangfire;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Runs the schedule with Hangfire: compiled instead of the binding of Quartz with <c>-p:JobEngine=Hangfire</c>, where the feed has its packages.</summary>
/// <remarks>On PostgreSQL it keeps what is due in a schema of its own in the catalogue's database. SQLite's one process keeps it in memory: it comes from the table of jobs at every start.</remarks>
internal static class HangfireBinding
{
    /// <summary>How soon a process notices what is due.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddEngine(this IServiceCollection services, JobStore store, bool runs)
    {
        services.AddHangfire(hangfire =>
        {
            hangfire.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
            if (store.IsPostgres) { hangfire.UsePostgreSqlStorage(tables => tables.UseNpgsqlConnection(store.ConnectionString)); }
            else { hangfire.UseInMemoryStorage(); }
        });
        services.AddScoped<Execution>();
        services.AddSingleton<IJobEngine, HangfireEngine>();
        services.AddHostedService<TakeOver>(); // before the server that runs them
        return runs ? services.AddHangfireServer(server => server.SchedulePollingInterval = Look) : services;
    }

    /// <summary>The interval as Hangfire takes it, with seconds first.</summary>
    /// <exception cref="InvalidOperationException">No such expression comes back after just this interval.</exception>
    internal static string CronOf(TimeSpan every) => every switch
    {
        { TotalSeconds: >= 1 and < 60 } when every.Ticks % TimeSpan.TicksPerSecond == 0 && 60 % every.Seconds == 0 => $"*/{every.Seconds} * * * * *",
        { TotalMinutes: >= 1 and < 60 } when every.Ticks % TimeSpan.TicksPerMinute == 0 && 60 % every.Minutes == 0 => $"0 */{every.Minutes} * * * *",
        { TotalHours: >= 1 and < 24 } when every.Ticks % TimeSpan.TicksPerHour == 0 && 24 % every.Hours == 0 => $"0 0 */{every.Hours} * * *",
        { TotalDays: 1 } => "0 0 0 * * *",
        _ => throw new InvalidOperationException($"A job every {every} cannot be scheduled by Hangfire: its interval must divide a minute, an hour or a day."),
    };

    /// <summary>What Hangfire makes for each run. Of a run that another one holds up nothing is lost: the schedule comes again.</summary>
    internal sealed class Execution(RunJob run)
    {
        [DisableConcurrentExecution(timeoutInSeconds: 1)]
        [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
        public Task RunAsync(string job, CancellationToken cancellation) => run.RunAsync(job, cancellation);
    }

    /// <summary>Brings what is stored to what the table of jobs says.</summary>
    private sealed class TakeOver(IRecurringJobManager recurring, JobStorage storage, IReadOnlyList<JobEntry> schedule) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var entry in schedule)
            {
                recurring.AddOrUpdate<Execution>(entry.Name, execution => execution.RunAsync(entry.Name, CancellationToken.None), CronOf(entry.Every), new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
            }

            using var connection = storage.GetConnection();
            foreach (var gone in connection.GetRecurringJobs().Where(stored => schedule.All(entry => entry.Name != stored.Id))) { recurring.RemoveIfExists(gone.Id); }
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class HangfireEngine(IRecurringJobManager recurring, JobStorage storage) : IJobEngine
    {
        public Task RunNowAsync(string job, CancellationToken cancellation)
        {
            recurring.Trigger(job);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyDictionary<string, DateTimeOffset>> NextRunsAsync(CancellationToken cancellation)
        {
            using var connection = storage.GetConnection();
            return Task.FromResult<IReadOnlyDictionary<string, DateTimeOffset>>(connection.GetRecurringJobs().Where(job => job.NextExecution is not null)
                .ToDictionary(job => job.Id, job => new DateTimeOffset(job.NextExecution!.Value, TimeSpan.Zero), StringComparer.Ordinal));
        }
    }
}
