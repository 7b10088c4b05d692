using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Npgsql;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Story.Tests;

/// <summary>An admin opens the jobs, runs one, sees how far it is while it runs elsewhere, and sees one that fails and why.</summary>
public sealed class JobsStoryTests(Chromium chromium, PostgresServer postgres)
{
    private const int Fresh = 40;
    private const int Old = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_run_seen_at_work_on_another_server_and_seen_to_fail()
    {
        var database = await postgres.NewDatabaseAsync(Cancellation);
        var settings = new Dictionary<string, string?> { ["Catalogue__Kind"] = "postgresql", ["Catalogue__ConnectionString"] = database, ["Server__Roles"] = "web" };
        await using var server = await AdminServer.StartAsync(settings);
        var admin = new TechnicianDevice(await chromium.NewDeviceAsync(390, 844), server);
        await admin.SetUpAsync();
        var page = admin.Page;
        await admin.GoByMenuAsync("Jobs");
        await page.GetByText("No server runs jobs at the moment").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "jobs-nobody");

        await using var worker = await AdminServer.StartOnAsync(server.Data, new Dictionary<string, string?>(settings) { ["Server__Roles"] = "jobs" });
        await using var locking = new NpgsqlConnection(database);
        await locking.OpenAsync(Cancellation);
        var transaction = await locking.BeginTransactionAsync(Cancellation);
        await using (var take = new NpgsqlCommand("""LOCK TABLE "Participants" IN ACCESS EXCLUSIVE MODE""", locking, transaction)) { await take.ExecuteNonQueryAsync(Cancellation); }

        // What ended just now is destroyed; what ended long ago waits at the table of participants.
        await AddDueAsync(database);
        await admin.GoAsync("/jobs");
        await RunAsync(page, "purge-expired");
        await page.GetByText($"{Fresh} of {Fresh + Old}").WaitForAsync(); // without the page being loaded again
        await page.GetByText($"{Fresh} sessions destroyed and not certified yet so far").WaitForAsync();
        Assert.Contains($"on {Environment.MachineName}/{worker.Process.Id}", await page.Locator("#purge-expired").InnerTextAsync(), StringComparison.Ordinal);
        await Chromium.ShowAtBothWidthsAsync(page, "jobs-running");
        await PressSlowlyAsync(page, "trim-job-runs");
        await transaction.RollbackAsync(Cancellation);
        await page.Locator("#runs").GetByText($"{Old} sessions deleted").First.WaitForAsync();

        // The checkpoints are gone from the folder, once there is one: nothing more is signed, and the page says so.
        await FirstCheckpointAsync(database);
        Directory.Move(Path.Combine(server.Data, "bucket"), Path.Combine(server.Data, "moved"));
        Directory.CreateDirectory(Path.Combine(server.Data, "bucket"));
        await admin.GoAsync("/jobs");
        await RunAsync(page, "seal-audit-trail");
        await page.Locator("#seal-audit-trail").GetByText("is not in the bucket any more").WaitForAsync();
        await page.GetByText("One has failed").WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "jobs-failed");
        await page.Locator("#seal-audit-trail").GetByRole(AriaRole.Link, new() { Name = "What was done" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "What was done: Sign the audit trail" }).WaitForAsync();
        await Chromium.ShowAtBothWidthsAsync(page, "jobs-of-one");
        await page.Context.CloseAsync();
    }

    private static async Task RunAsync(IPage page, string job)
    {
        await page.Locator($"#run-{job}").ClickAsync();
        await page.WaitForURLAsync($"**/jobs#{job}");
    }

    /// <summary>The page draws itself anew while the button is held down: it is pressed all the same.</summary>
    private static async Task PressSlowlyAsync(IPage page, string job)
    {
        await page.Locator($"#run-{job}").HoverAsync();
        await page.Mouse.DownAsync();
        await page.EvaluateAsync("job => document.getElementById(job).append('changed')", job);
        for (var drawn = 0; drawn < 2; drawn++) { await page.WaitForResponseAsync(answer => new Uri(answer.Url).AbsolutePath == "/jobs"); }
        await page.Mouse.UpAsync();
        await page.WaitForURLAsync($"**/jobs#{job}");
    }

    /// <summary>Waits until one is written and known to be: the job may have stood in line behind those that waited at the table.</summary>
    private static async Task FirstCheckpointAsync(string database)
    {
        await using var catalogue = new CatalogueDb(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(database).Options);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        late.CancelAfter(StartedSession.Soon);
        while (!await catalogue.AuditCursors.AnyAsync(cursor => cursor.Name == "checkpoint" && cursor.Number > 0, late.Token)) { await Task.Delay(100, late.Token); }
    }

    private static async Task AddDueAsync(string database)
    {
        await using var catalogue = new CatalogueDb(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(database).Options);
        var now = TimeProvider.System.GetUtcNow();
        RecordedSession Of(DateTimeOffset ended, DateTimeOffset keep) => new()
        {
            Id = Guid.NewGuid(), Technician = "tina", CreatedAt = ended.AddHours(-1), CodeExpiresAt = ended, CodeHash = RandomNumberGenerator.GetBytes(32), Region = "local", State = SessionState.Recorded, EndedAt = ended, KeepUntil = keep,
        };
        catalogue.Sessions.AddRange(Enumerable.Range(0, Fresh).Select(_ => Of(now, now.AddMinutes(-20))));
        catalogue.Sessions.AddRange(Enumerable.Range(0, Old).Select(_ => Of(now.AddDays(-1), now.AddMinutes(-10))));
        await catalogue.SaveChangesAsync(Cancellation);
    }
}
