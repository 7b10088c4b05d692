using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Scheduling;

/// <summary>What is kept of the runs of jobs.</summary>
public sealed class RunJobTests : IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"runs-{Guid.NewGuid():N}.db");
    private readonly ManualClock clock = new(new(2026, 11, 28, 10, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider services;
    private readonly RunJob run;
    private Func<JobReport, CancellationToken, Task> work = (_, _) => Task.CompletedTask;

    public RunJobTests()
    {
        services = new ServiceCollection().AddDbContextFactory<CatalogueDb>(options => options.UseSqlite($"Data Source={file};Pooling=false"))
            .AddScoped<JobReport>().AddScoped(provider => new ScriptedJob(cancellation => work(provider.GetRequiredService<JobReport>(), cancellation))).BuildServiceProvider();
        using var catalogue = Open();
        catalogue.Database.EnsureCreated();
        run = new(
            [new("job", typeof(ScriptedJob), TimeSpan.FromMinutes(1), "Job"), new("other", typeof(ScriptedJob), TimeSpan.FromMinutes(1), "Other"), new("broken", typeof(RunJobTests), TimeSpan.FromMinutes(1), "Broken")],
            services.GetRequiredService<IServiceScopeFactory>(), services.GetRequiredService<IDbContextFactory<CatalogueDb>>(), new(Guid.NewGuid(), "here", clock.GetUtcNow()), clock, NullLogger<RunJob>.Instance);
    }

    public void Dispose()
    {
        services.Dispose();
        SqliteConnection.ClearAllPools();
        File.Delete(file);
    }

    [Fact]
    public async Task A_run_is_kept_with_what_it_did_where_and_when()
    {
        work = (report, _) =>
        {
            report.Did("session", "deleted", 3);
            report.Progress(3, 3);
            clock.Advance(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        };
        var began = clock.GetUtcNow();
        await run.RunAsync("job", default);
        var kept = Assert.Single(await RunsAsync());
        Assert.Equal(("job", JobOutcome.Done, "3 sessions deleted", null, "here", false), (kept.Job, kept.Outcome, kept.Did, kept.Failure, kept.Node, kept.Asked));
        Assert.Equal((began, began.AddSeconds(2), 3, 3), (kept.BeganAt, kept.EndedAt, kept.Done, kept.Total));
    }

    [Fact]
    public async Task Of_runs_that_had_nothing_to_do_only_the_last_of_each_job_is_kept()
    {
        for (var times = 0; times < 5; times++) { await IdleAsync("job"); }
        await IdleAsync("other");
        Assert.Equal([("job", JobOutcome.Nothing), ("other", JobOutcome.Nothing)], (await RunsAsync()).Select(kept => (kept.Job, kept.Outcome)));

        work = (report, _) => { report.Did("thing", "done"); return Task.CompletedTask; };
        await run.RunAsync("job", default);
        await run.RunAsync("job", default);
        work = (_, _) => Task.CompletedTask;
        await IdleAsync("job");
        Assert.Equal([JobOutcome.Done, JobOutcome.Done, JobOutcome.Nothing], (await RunsAsync()).Where(kept => kept.Job == "job").Select(kept => kept.Outcome));
    }

    [Fact]
    public async Task A_job_that_throws_and_one_that_could_not_do_everything_have_failed_and_say_why()
    {
        work = (_, _) => throw new IOException("The bucket is away.");
        await run.RunAsync("job", default);
        clock.Advance(TimeSpan.FromMinutes(1));
        work = (report, _) =>
        {
            report.Did("session", "deleted");
            report.Failed("session", "not deleted yet", new IOException("It is locked."));
            return Task.CompletedTask;
        };
        await run.RunAsync("job", default);
        clock.Advance(TimeSpan.FromMinutes(1));
        await run.RunAsync("broken", default); // cannot even be made
        var kept = await RunsAsync();
        Assert.All(kept, one => Assert.Equal(JobOutcome.Failed, one.Outcome));
        Assert.Equal([(null, "The bucket is away."), ("1 session deleted, 1 session not deleted yet", "It is locked.")], kept.Take(2).Select(one => (one.Did, one.Failure)));
        Assert.Contains(nameof(RunJobTests), kept[2].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_job_that_fails_again_and_again_the_first_time_and_the_last_are_kept_for_each_reason()
    {
        work = (report, _) => { report.Did("thing", "done"); return Task.CompletedTask; };
        await run.RunAsync("job", default);
        work = (_, _) => throw new IOException("The bucket is away.");
        for (var times = 0; times < 5; times++) { await IdleAsync("job"); }
        work = (_, _) => throw new IOException("The disk is full.");
        for (var times = 0; times < 3; times++) { await IdleAsync("job"); }
        var (kept, began) = (await RunsAsync(), clock.GetUtcNow().AddMinutes(-8));
        Assert.Equal(
            [(0, null), (1, "The bucket is away."), (5, "The bucket is away."), (6, "The disk is full."), (8, "The disk is full.")], kept.Select(one => ((int)(one.BeganAt - began).TotalMinutes, one.Failure)));
    }

    [Fact]
    public async Task While_it_runs_it_says_how_far_it_is()
    {
        var goOn = new TaskCompletionSource();
        work = async (report, _) =>
        {
            report.Did("session", "deleted", 40);
            report.Progress(40, 100);
            await goOn.Task;
        };
        var running = run.RunAsync("job", default);
        await Eventually.TrueAsync(async () => await RunsAsync() is [{ Outcome: JobOutcome.Running, Did: "40 sessions deleted", Done: 40, Total: 100, EndedAt: null }], "the run says how far it is");
        goOn.SetResult();
        await running;
        Assert.Equal(JobOutcome.Done, Assert.Single(await RunsAsync()).Outcome);
    }

    [Fact]
    public async Task One_that_its_process_stops_has_not_failed()
    {
        using var stopping = new CancellationTokenSource();
        work = async (report, cancellation) =>
        {
            report.Did("session", "deleted");
            await stopping.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        await run.RunAsync("job", stopping.Token);
        var kept = Assert.Single(await RunsAsync());
        Assert.Equal((JobOutcome.Stopped, "1 session deleted", null), (kept.Outcome, kept.Did, kept.Failure));
    }

    [Fact]
    public async Task A_run_whose_process_was_killed_has_failed_once_the_next_one_begins()
    {
        await AddAsync(JobOutcome.Running, asked: false, "dead");
        clock.Advance(TimeSpan.FromMinutes(1));
        await run.RunAsync("job", default);
        Assert.Equal([(JobOutcome.Failed, "dead"), (JobOutcome.Nothing, "here")], (await RunsAsync()).Select(kept => (kept.Outcome, kept.Node)));
        Assert.Contains("ended before the run did", (await RunsAsync())[0].Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_run_is_the_one_that_all_who_asked_meanwhile_wait_for()
    {
        await AddAsync(JobOutcome.Waiting, asked: true, null);
        await AddAsync(JobOutcome.Waiting, asked: true, null);
        clock.Advance(TimeSpan.FromMinutes(1));
        await run.RunAsync("job", default);
        var kept = Assert.Single(await RunsAsync());
        Assert.Equal((JobOutcome.Nothing, true, "here", clock.GetUtcNow()), (kept.Outcome, kept.Asked, kept.Node, kept.BeganAt));
    }

    [Fact]
    public async Task A_job_of_another_version_is_left_alone()
    {
        await run.RunAsync("of-tomorrow", default);
        Assert.Empty(await RunsAsync());
    }

    [Fact]
    public async Task Where_each_job_stands_is_its_last_run_that_is_over_and_the_one_that_goes_on()
    {
        work = (report, _) => { report.Did("thing", "done"); return Task.CompletedTask; };
        await run.RunAsync("job", default);
        clock.Advance(TimeSpan.FromMinutes(1));
        await run.RunAsync("job", default);
        await AddAsync(JobOutcome.Running, asked: false, "here");
        await AddAsync(JobOutcome.Waiting, asked: true, null);
        await using var catalogue = Open();
        var (job, last) = Assert.Single(await new LastRuns(catalogue).ReadAsync(default));
        Assert.Equal(("job", clock.GetUtcNow(), JobOutcome.Running, true), (job, last.Over!.BeganAt, last.Running!.Outcome, last.IsAsked));
    }

    [Fact]
    public async Task Runs_that_are_old_or_too_many_are_forgotten_and_those_that_go_on_are_not()
    {
        await using var catalogue = Open();
        var now = clock.GetUtcNow();
        JobRun Of(string job, DateTimeOffset began, bool isOver = true) => new() { Id = Guid.NewGuid(), Job = job, Outcome = isOver ? JobOutcome.Done : JobOutcome.Running, BeganAt = began, EndedAt = isOver ? began : null };
        catalogue.JobRuns.AddRange(Enumerable.Range(0, TrimJobRuns.MostOfOneJob + 20).Select(minute => Of("job", now.AddMinutes(-minute))));
        catalogue.JobRuns.AddRange(Of("other", now - TrimJobRuns.Age - TimeSpan.FromMinutes(1)), Of("other", now - TrimJobRuns.Age), Of("other", now - 2 * TrimJobRuns.Age, isOver: false));
        await catalogue.SaveChangesAsync();
        var report = new JobReport();
        await new TrimJobRuns(catalogue, report, clock).RunAsync(default);
        Assert.Equal((TrimJobRuns.MostOfOneJob, 2), (await catalogue.JobRuns.CountAsync(kept => kept.Job == "job"), await catalogue.JobRuns.CountAsync(kept => kept.Job == "other")));
        Assert.Equal("21 runs forgotten", report.Tell().Did);
        Assert.Equal(now.AddMinutes(1 - TrimJobRuns.MostOfOneJob), (await catalogue.JobRuns.Where(kept => kept.Job == "job").OrderBy(kept => kept.BeganAt).FirstAsync()).BeganAt);
    }

    private async Task IdleAsync(string job)
    {
        clock.Advance(TimeSpan.FromMinutes(1));
        await run.RunAsync(job, default);
    }

    private async Task AddAsync(JobOutcome outcome, bool asked, string? node)
    {
        await using var catalogue = Open();
        catalogue.JobRuns.Add(new() { Id = Guid.NewGuid(), Job = "job", Outcome = outcome, Asked = asked, BeganAt = clock.GetUtcNow(), Node = node });
        await catalogue.SaveChangesAsync();
    }

    private async Task<List<JobRun>> RunsAsync()
    {
        await using var catalogue = Open();
        return await catalogue.JobRuns.AsNoTracking().OrderBy(kept => kept.BeganAt).ThenBy(kept => kept.Job).ToListAsync();
    }

    private CatalogueDb Open() => services.GetRequiredService<IDbContextFactory<CatalogueDb>>().CreateDbContext();

    private sealed class ScriptedJob(Func<CancellationToken, Task> work) : IScheduledJob
    {
        public Task RunAsync(CancellationToken cancellation) => work(cancellation);
    }
}
