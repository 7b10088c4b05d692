using System.Net;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureRecorder.Admin.Operation;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation.Jobs;

/// <summary>Several processes on one PostgreSQL database: one answers people, others run the jobs, each job once.</summary>
public sealed class JobProcessesTests(PostgresServer postgres) : IAsyncLifetime
{
    private string database = "";
    private Server web = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.NewDatabaseAsync(Cancellation);
        web = await Server.StartAsync(("Catalogue:Kind", "postgresql"), ("Catalogue:ConnectionString", database), ("Server:Roles", "web"));
    }

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await postgres.DropAsync(database, CancellationToken.None);
    }

    [Fact]
    public async Task Each_job_runs_once_however_many_processes_there_are()
    {
        await ExecuteAsync(
            """
            CREATE TABLE begun ("Job" text NOT NULL, "BeganAt" bigint NOT NULL, "Node" text NOT NULL);
            CREATE FUNCTION note() RETURNS trigger AS $$ BEGIN INSERT INTO begun VALUES (NEW."Job", NEW."BeganAt", NEW."Node"); RETURN NEW; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER note AFTER INSERT ON "JobRuns" FOR EACH ROW EXECUTE FUNCTION note();
            """);
        await AddExpiredAsync(150); // more than one batch
        await using var one = await StartJobsAsync();
        await using var other = await StartJobsAsync();
        await Eventually.CompleteAsync(async () => await web.InCatalogueAsync(catalogue => catalogue.Database.SqlQueryRaw<int>("""SELECT count(*)::int AS "Value" FROM begun WHERE "Job" = 'expire-invitations'""").SingleAsync()) >= 5 ? null : "The job has not run five times.");

        var begun = await web.InCatalogueAsync(catalogue => catalogue.Database.SqlQueryRaw<Begun>("""SELECT * FROM begun ORDER BY "Job", "BeganAt" """).ToListAsync());
        foreach (var job in begun.GroupBy(run => run.Job))
        {
            var every = JobSchedule.Entries.Single(entry => entry.Name == job.Key).Every.TotalMilliseconds;
            var times = job.Select(run => run.BeganAt).ToList();
            Assert.True(times.Count <= (times[^1] - times[0]) / every + 2, $"{job.Key} ran more often than its schedule says: {string.Join(", ", job)}"); // one more: the first one may have been late
        }

        var did = await web.InCatalogueAsync(catalogue => catalogue.JobRuns.Where(run => run.Job == "expire-invitations" && run.Did != null).Select(run => run.Did!).ToListAsync());
        Assert.Equal(150, did.Sum(words => int.Parse(words.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(begun, run => run.Node.EndsWith($"/{Environment.ProcessId}", StringComparison.Ordinal)); // the one that answers people runs none
    }

    [Fact]
    public async Task What_a_killed_process_ran_another_one_runs()
    {
        await using var one = await StartJobsAsync();
        await using var other = await StartJobsAsync();
        await AddExpiredAsync(1);
        await using var locking = new NpgsqlConnection(database);
        await locking.OpenAsync(Cancellation);
        await using var transaction = await locking.BeginTransactionAsync(Cancellation);
        await using (var take = new NpgsqlCommand("""LOCK TABLE "Sessions" IN ACCESS EXCLUSIVE MODE""", locking, transaction)) { await take.ExecuteNonQueryAsync(Cancellation); }

        JobRun? running = null; // it hangs at the table
        await Eventually.CompleteAsync(async () => (running = await RunAsync(run => run.Job == "expire-invitations" && run.Outcome == JobOutcome.Running)) is null ? "It does not run." : null);
        var (killed, left) = NodeOf(one) == running!.Node ? (one, other) : (other, one);
        Assert.Equal(NodeOf(killed), running.Node);
        killed.Process.Kill();
        await killed.Process.WaitForExitAsync(TimeSpan.FromMinutes(1), Cancellation);
        await transaction.RollbackAsync(Cancellation);

        await Eventually.CompleteAsync(async () => await RunAsync(run => run.Id == running.Id && run.Outcome == JobOutcome.Failed) is null ? "Nobody has missed it." : null);
        await Eventually.CompleteAsync(async () => await RunAsync(run => run.Job == "expire-invitations" && run.EndedAt != null && run.Did != null) is null ? "Nobody has done it." : null);
        Assert.Equal((NodeOf(left), "1 session told that time is over"), await RunAsync(run => run.Job == "expire-invitations" && run.Did != null) is { } did ? (did.Node, did.Did) : default);
        await Eventually.CompleteAsync(async () => await web.InCatalogueAsync(catalogue => catalogue.JobRuns.AnyAsync(run => run.EndedAt == null && run.Node == NodeOf(killed))) ? "Something of the killed one counts as running." : null);
    }

    [Fact]
    public async Task What_is_asked_for_at_the_one_with_pages_is_run_at_the_one_with_jobs_which_has_none()
    {
        using var tina = await Technician.SignInAsync(web);
        Assert.Contains("No server runs jobs at the moment", await tina.Browser.ReadAsync("/jobs"), StringComparison.Ordinal);
        using (await tina.Browser.SubmitAsync("/jobs", "/jobs/seal-audit-trail/run")) { }
        Assert.Contains("Begins as soon as a server is free", await tina.Browser.ReadAsync("/jobs"), StringComparison.Ordinal);

        await using var jobs = await StartJobsAsync();
        await RequireRunAsync(jobs);
        using (await tina.Browser.SubmitAsync("/jobs", "/jobs/seal-audit-trail/run")) { } // now while it runs
        await RequireRunAsync(jobs);
        Assert.DoesNotContain("No server runs jobs at the moment", await tina.Browser.ReadAsync("/jobs"), StringComparison.Ordinal);

        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = jobs.Url };
        foreach (var (path, status) in new[] { ("/health", HttpStatusCode.OK), ("/ready", HttpStatusCode.OK), ("/", HttpStatusCode.NotFound), ("/sign-in", HttpStatusCode.NotFound), ("/jobs", HttpStatusCode.NotFound), ("/css/site.css", HttpStatusCode.NotFound), ("/openapi/v1.json", HttpStatusCode.NotFound), ("/sign-in/organization/callback", HttpStatusCode.NotFound) })
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal((path, status), (path, answer.StatusCode));
        }
    }

    [Fact]
    public async Task A_second_process_with_pages_is_refused_beside_those_with_jobs()
    {
        await using var jobs = await StartJobsAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(web.Data, "web"));
        Assert.Contains("Another server uses this database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_keys_other_keys_or_another_folder_does_not_join()
    {
        var data = Path.Combine(Path.GetTempPath(), "joining-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        try
        {
            async Task RefusedAsync(string words) => Assert.Contains(words, (await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(data, "jobs"))).Message, StringComparison.Ordinal);
            await RefusedAsync("makes no keys");

            var keys = Directory.CreateDirectory(Path.Combine(data, "keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(web.Data, "keys"))) { File.Copy(file, Path.Combine(keys, Path.GetFileName(file))); }
            await RefusedAsync("Servers of a database share one place");

            using var stranger = SigningKey.Create();
            await File.WriteAllTextAsync(Path.Combine(keys, "server.pem"), stranger.ToPem(), Cancellation);
            await RefusedAsync("are not those of");
            Assert.Single(await web.InCatalogueAsync(catalogue => catalogue.ServerNodes.ToListAsync()));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private Task<AdminServer> StartJobsAsync() => StartAsync(web.Data, "jobs");

    private Task<AdminServer> StartAsync(string data, string roles) => AdminServer.StartOnAsync(data, new Dictionary<string, string?>
    {
        ["Catalogue__Kind"] = "postgresql", ["Catalogue__ConnectionString"] = database, ["Catalogue__TakeOverSeconds"] = "0", ["Server__Roles"] = roles,
    });

    private static string NodeOf(AdminServer server) => $"{Environment.MachineName}/{server.Process.Id}";

    /// <summary>What was asked for is done, by this process.</summary>
    private async Task RequireRunAsync(AdminServer by)
    {
        await Eventually.CompleteAsync(async () => await RunAsync(run => run.Asked && run.EndedAt == null) is null ? null : "It was not run.");
        var run = await RunAsync(run => run.Asked);
        Assert.True(run is null || (run.Outcome is JobOutcome.Done or JobOutcome.Nothing && run.Node == NodeOf(by)), $"{run?.Outcome} on {run?.Node}"); // null: it had nothing to do, and ran again since
    }

    private Task<JobRun?> RunAsync(System.Linq.Expressions.Expression<Func<JobRun, bool>> which) =>
        web.InCatalogueAsync(catalogue => catalogue.JobRuns.AsNoTracking().Where(which).OrderByDescending(run => run.BeganAt).FirstOrDefaultAsync());

    /// <summary>Sessions whose codes nobody redeemed in time.</summary>
    private Task<int> AddExpiredAsync(int count) => web.InCatalogueAsync(catalogue =>
    {
        var now = TimeProvider.System.GetUtcNow();
        catalogue.Sessions.AddRange(Enumerable.Range(0, count).Select(_ => new RecordedSession { Id = Guid.NewGuid(), Technician = "tina", CreatedAt = now.AddHours(-1), CodeExpiresAt = now.AddMinutes(-50), CodeHash = RandomNumberGenerator.GetBytes(32), Region = "local", State = SessionState.Invited }));
        return catalogue.SaveChangesAsync();
    });

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private sealed record Begun(string Job, long BeganAt, string Node);
}
