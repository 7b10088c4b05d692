using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation.Jobs;

/// <summary>The page of jobs says what each did and why it failed, and runs one when it is asked to.</summary>
[Trait("Catalogue", "both")]
public sealed class JobsPageTests : IAsyncLifetime
{
    private readonly ScriptedWork work = new();
    private Server server = null!;
    private Technician tina = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        server.Adapt = services =>
        {
            services.AddSingleton(work).AddScoped<ScriptedJob>();
            services.Replace(ServiceDescriptor.Singleton<IReadOnlyList<JobEntry>>([.. JobSchedule.Entries, new("scripted", typeof(ScriptedJob), TimeSpan.FromDays(1), "Do what the test says")]));
        };
        await server.StartAgainAsync();
        tina = await Technician.SignInAsync(server);
        await ReachAsync(JobOutcome.Nothing); // once, when the server starts
    }

    public async ValueTask DisposeAsync()
    {
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task It_shows_each_job_when_it_ran_and_runs_next_and_who_runs_it()
    {
        await Eventually.CompleteAsync(async () => await server.InCatalogueAsync(catalogue => catalogue.JobRuns.Where(run => run.EndedAt != null).Select(run => run.Job).Distinct().CountAsync()) == JobSchedule.Entries.Count + 1 ? null : "Not all have run.");
        var page = await tina.Browser.ReadAsync("/jobs");
        foreach (var entry in JobSchedule.Entries) { Assert.Contains(entry.Title, page, StringComparison.Ordinal); }
        foreach (var words in (string[])["None has failed", "Nothing to do", "Every 15 seconds; last ", "Every day; last ", "; next in 24 hours", $"on {Environment.MachineName}/{Environment.ProcessId}", "pages and jobs, since"]) { Assert.Contains(words, page, StringComparison.Ordinal); }
        Assert.DoesNotContain("No server runs jobs", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_runs_one_now_sees_how_far_it_is_and_what_it_did_and_the_trail_says_who_asked()
    {
        var goOn = new TaskCompletionSource();
        work.Run = async (report, _) =>
        {
            report.Did("session", "deleted", 40);
            report.Progress(40, 100);
            await goOn.Task;
            report.Did("session", "deleted", 60);
        };
        using (var asked = await tina.Browser.SubmitAsync("/jobs", "/jobs/scripted/run")) { Assert.Equal("/jobs#scripted", asked.Headers.Location?.ToString()); }
        await Eventually.CompleteAsync(async () => await tina.Browser.ReadAsync("/jobs") is var page && page.Contains("40 of 100", StringComparison.Ordinal) && page.Contains("40 sessions deleted so far", StringComparison.Ordinal) && page.Contains("data-moving=\"true\"", StringComparison.Ordinal) ? null : page);
        goOn.SetResult();
        await ReachAsync(JobOutcome.Done);
        var over = await tina.Browser.ReadAsync("/jobs?job=scripted");
        foreach (var words in (string[])["100 sessions deleted", "asked for", "What was done: Do what the test says"]) { Assert.Contains(words, over, StringComparison.Ordinal); }
        Assert.Equal(["tina job.run allowed scripted"], await server.InCatalogueAsync(catalogue => catalogue.Audit.Where(row => row.Action.StartsWith("job.")).Select(row => $"{row.Actor} {row.Action} {row.Outcome} {row.Detail}").ToListAsync()));
    }

    [Fact]
    public async Task Asked_twice_while_it_runs_it_runs_once_more()
    {
        var (goOn, runs) = (new TaskCompletionSource(), 0);
        work.Run = async (report, _) =>
        {
            Interlocked.Increment(ref runs);
            report.Did("thing", "done");
            await goOn.Task;
        };
        await RunNowAsync();
        await ReachAsync(JobOutcome.Running);
        await RunNowAsync();
        await RunNowAsync();
        Assert.Contains("Runs, for", await tina.Browser.ReadAsync("/jobs"), StringComparison.Ordinal);
        Assert.Equal([JobOutcome.Running, JobOutcome.Waiting], await server.InCatalogueAsync(catalogue => catalogue.JobRuns.Where(run => run.Job == "scripted" && run.EndedAt == null).OrderBy(run => run.BeganAt).Select(run => run.Outcome).ToListAsync()));
        goOn.SetResult();
        await Eventually.CompleteAsync(() => server.InCatalogueAsync(async catalogue => await catalogue.JobRuns.CountAsync(run => run.Job == "scripted" && run.Outcome == JobOutcome.Done) == 2 ? null : "It did not run again."));
        Assert.Equal(2, runs);
        await Eventually.CompleteAsync(async () => (await tina.Browser.ReadAsync("/jobs")).Contains("data-moving=\"false\"", StringComparison.Ordinal) ? null : "The page goes on.");
    }

    [Fact]
    public async Task One_that_fails_is_visible_with_its_reason_and_is_not_taken_for_what_it_says()
    {
        work.Run = (_, _) => throw new IOException("<script>alert(1)</script> The disk is full.");
        await RunNowAsync();
        await ReachAsync(JobOutcome.Failed);
        using var answer = await tina.Browser.GetAsync("/jobs");
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        foreach (var words in (string[])["One has failed", "The disk is full.", "Failed: &lt;script&gt;"]) { Assert.Contains(words, page, StringComparison.Ordinal); }
        using var oskar = await Member.JoinAsync(server, tina.Browser, "oskar", Roles.Operator);
        Assert.Contains("The last run failed of: scripted.", await oskar.Browser.ReadAsync("/operation"), StringComparison.Ordinal);
        work.Run = (_, _) => Task.CompletedTask;
        using (await oskar.Browser.SubmitAsync("/jobs", "/jobs/scripted/run")) { }
        await ReachAsync(JobOutcome.Nothing);
        Assert.Contains("None has failed", await oskar.Browser.ReadAsync("/jobs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Technician)]
    [InlineData(Roles.Auditor)]
    public async Task Others_neither_see_nor_run_them(string role)
    {
        using var other = await Member.JoinAsync(server, tina.Browser, "other", role);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.Browser.GetAsync("/jobs")).StatusCode);
        using var asked = await other.Browser.SubmitAsync("/account", "/jobs/scripted/run");
        Assert.Equal(HttpStatusCode.Forbidden, asked.StatusCode);
        Assert.False(await server.InCatalogueAsync(catalogue => catalogue.JobRuns.AnyAsync(run => run.Asked)));
        Assert.False(await server.InCatalogueAsync(catalogue => catalogue.Audit.AnyAsync(row => row.Action == "job.run" && row.Outcome == "allowed")));
    }

    [Fact]
    public async Task A_job_that_does_not_exist_is_not_run()
    {
        using var asked = await tina.Browser.SubmitAsync("/jobs", "/jobs/no-such-job/run");
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
        Assert.False(await server.InCatalogueAsync(catalogue => catalogue.JobRuns.AnyAsync(run => run.Asked)));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_runs_and_starts_where_the_schedule_stood()
    {
        var begun = new TaskCompletionSource();
        work.Run = async (_, cancellation) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        await RunNowAsync();
        await begun.Task.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        var next = (await server.Services.GetRequiredService<IJobEngine>().NextRunsAsync(default))["scripted"];
        await server.StartAgainAsync();
        var stopped = await server.InCatalogueAsync(catalogue => catalogue.JobRuns.SingleAsync(run => run.Job == "scripted" && run.Asked));
        Assert.Equal((JobOutcome.Stopped, true), (stopped.Outcome, stopped.EndedAt is not null));
        Assert.Equal(next, (await server.Services.GetRequiredService<IJobEngine>().NextRunsAsync(default))["scripted"]);
        Assert.Single(await server.InCatalogueAsync(catalogue => catalogue.ServerNodes.ToListAsync())); // the one before took its row along
    }

    [Fact]
    public async Task A_catalogue_of_before_gets_its_tables_and_the_jobs_run()
    {
        await server.InCatalogueAsync(async catalogue =>
        {
            if (catalogue.Database.IsNpgsql()) { return 0; } // migrations of PostgreSQL belong to another context

            await catalogue.GetService<IMigrator>().MigrateAsync("SessionsByTeamLabel");
            foreach (var table in await catalogue.Database.SqlQueryRaw<string>("""SELECT name AS "Value" FROM sqlite_master WHERE type = 'table' AND name LIKE 'QRTZ_%'""").ToListAsync())
            {
#pragma warning disable EF1002 // a name that the database itself gave
                await catalogue.Database.ExecuteSqlRawAsync($"PRAGMA foreign_keys = OFF; DROP TABLE \"{table}\"");
#pragma warning restore EF1002
            }

            return 0;
        });
        await server.StartAgainAsync();
        await Eventually.CompleteAsync(() => server.InCatalogueAsync(async catalogue => await catalogue.JobRuns.AnyAsync(run => run.Job == "expire-exports" && run.EndedAt != null) ? null : "It did not run."));
    }

    private async Task RunNowAsync()
    {
        using var asked = await tina.Browser.SubmitAsync("/jobs", "/jobs/scripted/run");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
    }

    /// <summary>Waits until the last run of the test's job has come to this.</summary>
    private Task ReachAsync(JobOutcome outcome) => Eventually.CompleteAsync(() => server.InCatalogueAsync(async catalogue =>
        await catalogue.JobRuns.Where(run => run.Job == "scripted").OrderByDescending(run => run.BeganAt).FirstOrDefaultAsync() is var last && last?.Outcome == outcome ? null : $"The last run is {last?.Outcome}; {outcome} was expected."));

    private sealed class ScriptedWork
    {
        public Func<JobReport, CancellationToken, Task> Run { get; set; } = (_, _) => Task.CompletedTask;
    }

    private sealed class ScriptedJob(ScriptedWork work, JobReport report) : IScheduledJob
    {
        public Task RunAsync(CancellationToken cancellation) => work.Run(report, cancellation);
    }
}
