using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Operation.Parts;
using SecureRecorder.Admin.Tests.Access;
using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation.Parts;

/// <summary>The operators' page says what is true of each part, also when it does not work, and names nobody.</summary>
public sealed class OperationPageTests : IAsyncLifetime
{
    private Server server = null!;
    private Technician tina = null!;
    private Member oskar = null!;

    public async ValueTask InitializeAsync()
    {
        server = await Server.StartAsync();
        tina = await Technician.SignInAsync(server);
        oskar = await Member.JoinAsync(server, tina.Browser, "oskar", Roles.Operator);
    }

    public async ValueTask DisposeAsync()
    {
        oskar.Dispose();
        tina.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task It_is_the_operators_first_page_and_says_that_everything_works()
    {
        Assert.Equal("/operation", (await oskar.Browser.GetAsync("/")).Headers.Location?.ToString());
        await Eventually.CompleteAsync(async () => (await PartAsync("Jobs")).State is PartState.Fine ? null : "the jobs");
        var page = await oskar.Browser.ReadAsync("/operation");
        await using (var scope = server.Services.CreateAsyncScope())
        {
            Assert.All((await scope.ServiceProvider.GetRequiredService<LookAtServer>().RunAsync(default)).Where(part => part.Name != "Disk"), part => Assert.True(part.State is PartState.Fine or PartState.Off, $"{part.Name}: {part.Words}")); // the disk is this machine's
        }

        foreach (var words in (string[])["Storage location", "as the test says", "Keys are wrapped and unwrapped", "Catalogue", "Sqlite", "Disk", "Audit trail", "Last checkpoint", "Audit:Syslog:Host is not set", "Jobs", "This server", Environment.Version.ToString()])
        {
            Assert.Contains(words, page, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await tina.Browser.GetAsync("/operation")).StatusCode); // an admin is no operator
    }

    [Fact]
    public async Task It_counts_what_runs_and_waits_and_names_nobody()
    {
        var (session, _) = await tina.StartSessionAsync("INC-77 printer of Mrs Miller");
        await ChangeAsync(session, row => row.State = SessionState.Recording);
        var (expired, _) = await tina.StartSessionAsync("INC-78");
        await server.InCatalogueAsync(async catalogue =>
        {
            catalogue.Exports.Add(new() { Id = Guid.NewGuid(), Session = session, Requester = "tina", Purpose = "Complaint of Mrs Miller", Tracks = "video", RequestedAt = server.Clock.GetUtcNow(), State = ExportState.Failed });
            return await catalogue.SaveChangesAsync();
        });
        var page = await oskar.Browser.ReadAsync("/operation");
        Assert.Contains("<dt>Recording now</dt><dd>1</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Exports waiting</dt><dd>0</dd>", page, StringComparison.Ordinal);
        foreach (var told in (string[])["tina", "Tina", "INC-77", "Miller", $"{session}", $"{expired}", "Example Ltd", "Complaint", "privacy@example.org"]) { Assert.DoesNotContain(told, page, StringComparison.Ordinal); }
    }

    [Theory]
    [InlineData(StrangerVerdict.Public, "The storage location is public.")]
    [InlineData(StrangerVerdict.Unknown, "It cannot be told whether the storage location is private.")]
    public async Task A_location_that_is_not_known_to_be_private_is_broken(StrangerVerdict verdict, string words)
    {
        server.Store.Verdict = verdict;
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await RequireBrokenAsync("Storage location", words);
    }

    [Fact]
    public async Task A_location_that_does_not_answer_is_broken_and_the_other_parts_are_still_shown()
    {
        await SealAsync();
        server.Store.IsDown = true;
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        await RequireBrokenAsync("Storage location", "does not answer");
        await RequireBrokenAsync("Audit trail", "It does not answer. The reason is in the server's log.");
        var page = await oskar.Browser.ReadAsync("/operation");
        Assert.Contains("Keys are wrapped and unwrapped", page, StringComparison.Ordinal);
        Assert.DoesNotContain("took the store away", page, StringComparison.Ordinal); // what a fault says is for the log
    }

    [Fact]
    public async Task Checkpoints_are_shown_and_one_that_is_late_gone_or_altered_is_broken()
    {
        await SealAsync();
        var fine = await PartAsync("Audit trail");
        Assert.Equal(PartState.Fine, fine.State);
        var last = await server.InCatalogueAsync(catalogue => catalogue.AuditCursors.Where(cursor => cursor.Name == "checkpoint").Select(cursor => cursor.Number - 1).SingleAsync());
        Assert.StartsWith($"number {last}, ", fine.Facts.Single(fact => fact.Key == "Last checkpoint").Value, StringComparison.Ordinal);

        var name = Path.Combine(server.Data, "bucket", AuditCheckpoint.ObjectName(last));
        var was = await File.ReadAllBytesAsync(name);
        File.Delete(name);
        await RequireBrokenAsync("Audit trail", $"Checkpoint {last} is not in the bucket any more.");
        await File.WriteAllBytesAsync(name, [.. was[..^8], .. "AAAAAAAA"u8]);
        await RequireBrokenAsync("Audit trail", "Run audit verify.");
        await File.WriteAllBytesAsync(name, was);
        Assert.Equal(PartState.Fine, (await PartAsync("Audit trail")).State);

        server.Store.BeforePut = _ => throw new ObjectStoreException("The test lets nothing in.");
        using (var refused = await tina.EnterAsync("wrong", "000000")) { Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode); } // a row that waits for a checkpoint
        server.Clock.Advance(TimeSpan.FromMinutes(70));
        await RequireBrokenAsync("Audit trail", "A checkpoint has been due");
    }

    [Fact]
    public async Task Rows_that_do_not_reach_the_syslog_server_are_broken_after_a_while()
    {
        server.Configure("Audit:Syslog:Host", "127.0.0.1");
        server.Configure("Audit:Syslog:Port", "9"); // nobody listens there
        await server.StartAgainAsync();
        Assert.Equal(PartState.Fine, (await PartAsync("Forwarding of the audit trail")).State);
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        await RequireBrokenAsync("Forwarding of the audit trail", "Rows wait, and are tried again.");
    }

    [Fact]
    public async Task A_job_that_failed_or_does_not_run_and_what_should_be_deleted_by_now_are_broken()
    {
        await Eventually.CompleteAsync(async () => (await PartAsync("Jobs")).State is PartState.Fine ? null : "the jobs");
        await RunAsync("purge-expired", JobOutcome.Failed, server.Clock.GetUtcNow());
        await RequireBrokenAsync("Jobs", "The last run failed of: purge-expired.");
        await RunAsync("trim-job-runs", JobOutcome.Running, server.Clock.GetUtcNow().AddHours(-7));
        await RunAsync("purge-expired", JobOutcome.Nothing, server.Clock.GetUtcNow());
        Assert.Equal((PartState.Warning, "Running for hours: trim-job-runs."), await PartAsync("Jobs") is var endless ? (endless.State, endless.Words) : default);
        await server.InCatalogueAsync(catalogue => catalogue.ServerNodes.ExecuteDeleteAsync());
        await RequireBrokenAsync("Jobs", "No server runs jobs.");

        server.Store.IsDown = true; // nothing can be deleted
        var (session, _) = await tina.StartSessionAsync();
        await ChangeAsync(session, row => (row.State, row.KeepUntil) = (SessionState.Recorded, server.Clock.GetUtcNow().AddHours(-2)));
        await RequireBrokenAsync("Recordings and work", "What has expired is not deleted.");
    }

    [Theory]
    [InlineData(400L << 30, 500L << 30, PartState.Fine)]
    [InlineData(11L << 30, 500L << 30, PartState.Fine)]
    [InlineData(9L << 30, 500L << 30, PartState.Warning)]
    [InlineData(3L << 30, 20L << 30, PartState.Fine)]
    [InlineData(1L << 30, 20L << 30, PartState.Warning)]
    [InlineData(100L << 20, 500L << 30, PartState.Broken)]
    [InlineData(0L, 20L << 30, PartState.Broken)]
    public void A_disk_that_fills_up_is_said_before_it_is_full(long free, long total, PartState expected) => Assert.Equal(expected, DiskPart.Judge(free, total).State);

    private async Task<PartHealth> PartAsync(string name)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<LookAtServer>().RunAsync(default)).Single(part => part.Name == name);
    }

    private async Task RequireBrokenAsync(string name, string words)
    {
        var part = await PartAsync(name);
        Assert.True(part.State is PartState.Broken, $"{part.State}: {part.Words}");
        Assert.Contains(words, part.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_was_not_run_in_time_is_broken()
    {
        server.Adapt = services => services.Replace(ServiceDescriptor.Singleton(new ThisNode(Guid.NewGuid(), "here", server.Clock.GetUtcNow().AddHours(-2))));
        await server.StartAgainAsync();
        await Eventually.CompleteAsync(async () => (await PartAsync("Jobs")).State is PartState.Fine ? null : "the jobs");
        await RunAsync("purge-expired", JobOutcome.Nothing, server.Clock.GetUtcNow().AddHours(-1));
        await RequireBrokenAsync("Jobs", "Not run in time: purge-expired.");
    }

    /// <summary>Puts a run in the place of all that a job had.</summary>
    private Task RunAsync(string job, JobOutcome outcome, DateTimeOffset at) => server.InCatalogueAsync(async catalogue =>
    {
        await catalogue.JobRuns.Where(run => run.Job == job).ExecuteDeleteAsync();
        catalogue.JobRuns.Add(new() { Id = Guid.NewGuid(), Job = job, Outcome = outcome, BeganAt = at, EndedAt = outcome is JobOutcome.Running ? null : at, Node = "here" });
        return await catalogue.SaveChangesAsync();
    });

    /// <summary>Lets a checkpoint become due, and has it written.</summary>
    private Task SealAsync()
    {
        server.Clock.Advance(SealAuditTrail.Interval);
        return server.RunJobAsync<SealAuditTrail>();
    }

    private Task<int> ChangeAsync(Guid session, Action<RecordedSession> change) => server.InCatalogueAsync(async catalogue =>
    {
        change(await catalogue.Sessions.SingleAsync(row => row.Id == session));
        return await catalogue.SaveChangesAsync();
    });
}
