using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Scheduling;

/// <summary>What the table of jobs says is in force once a server starts, whatever was stored before.</summary>
public sealed class TakeOverTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly string file = Path.Combine(Path.GetTempPath(), $"schedule-{Guid.NewGuid():N}.db");
    private readonly ManualClock clock = new(new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero));

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        File.Delete(file);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_first_start_schedules_every_job_at_once_and_a_second_one_keeps_their_rhythm()
    {
        var now = clock.GetUtcNow();
        Assert.Equal([("a", now), ("b", now)], await StartAsync(Of("a", Hour), Of("b", Hour)));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal([("a", now), ("b", now)], await StartAsync(Of("a", Hour), Of("b", Hour)));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(90, 30)]
    public async Task Another_interval_is_taken_over_and_what_was_due_sooner_stays_due(int minutes, int dueAfter)
    {
        var now = clock.GetUtcNow();
        await StartAsync(Of("a", Hour));
        await ChangeAsync(scheduler => scheduler.ScheduleTrigger(
            TriggerBuilder.Create().ForJob("a").WithIdentity("a").StartAt(now.AddMinutes(30)).WithSimpleSchedule(every => every.WithInterval(Hour).RepeatForever()).Build(), TriggerConflict.Replace).AsTask());
        Assert.Equal([("a", now.AddMinutes(dueAfter))], await StartAsync(Of("a", TimeSpan.FromMinutes(minutes))));
        await ChangeAsync(async scheduler => Assert.Equal(TimeSpan.FromMinutes(minutes), ((ISimpleTrigger)(await scheduler.GetTrigger(new("a")))!).RepeatInterval));
    }

    [Fact]
    public async Task A_job_that_is_gone_from_the_table_is_gone()
    {
        await StartAsync(Of("a", Hour), Of("b", Hour));
        await ChangeAsync(scheduler => scheduler.ScheduleTrigger(TriggerBuilder.Create().ForJob("b").WithIdentity("b", "asked").StartAt(clock.GetUtcNow() + Hour).Build(), TriggerConflict.Keep).AsTask());
        await StartAsync(Of("a", Hour));
        await ChangeAsync(async scheduler =>
        {
            Assert.Equal(["a"], (await scheduler.QueryJobs(new())).Items.Select(job => job.Key.Name));
            Assert.Equal(["a"], (await scheduler.QueryTriggers(new())).Items.Select(trigger => trigger.Key.Name));
        });
    }

    [Fact]
    public async Task Who_asks_twice_gets_one_run()
    {
        await StartAsync(Of("a", Hour));
        await ChangeAsync(async (scheduler, engine) =>
        {
            await engine.RunNowAsync("a", default);
            await engine.RunNowAsync("a", default);
            Assert.Equal(2, (await scheduler.QueryTriggers(new())).Items.Count); // that of the schedule, and the one asked for
        });
    }

    private static JobEntry Of(string name, TimeSpan every) => new(name, typeof(TakeOverTests), every, name);

    /// <summary>Starts a process that runs nothing, and stops it; what is stored then.</summary>
    private async Task<List<(string Job, DateTimeOffset Next)>> StartAsync(params JobEntry[] schedule)
    {
        var found = new List<(string, DateTimeOffset)>();
        await ChangeAsync(
            async (scheduler, engine) =>
            {
                await scheduler.TakeOverAsync(schedule, default);
                found.AddRange((await engine.NextRunsAsync(default)).OrderBy(next => next.Key, StringComparer.Ordinal).Select(next => (next.Key, next.Value)));
            },
            schedule);
        return found;
    }

    private Task ChangeAsync(Func<IScheduler, Task> change) => ChangeAsync((scheduler, _) => change(scheduler));

    private async Task ChangeAsync(Func<IScheduler, IJobEngine, Task> change, params JobEntry[] schedule)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<IReadOnlyList<JobEntry>>(schedule);
        services.AddEngine(new(false, $"Data Source={file}"), runs: false);
        await using var provider = services.BuildServiceProvider();
        var scheduler = await provider.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await change(scheduler, provider.GetRequiredService<IJobEngine>());
        await scheduler.Shutdown(false);
    }
}
