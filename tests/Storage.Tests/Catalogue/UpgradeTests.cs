using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>A catalogue of the first version, with something in each of its tables, becomes one of this version: nothing is lost, and what is there obeys today's rules.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string Session = "01990000-0000-7000-8000-000000000001";
    private const string First = "Initial";
    private readonly string file = Path.Combine(Path.GetTempPath(), $"catalogue-{Guid.NewGuid():N}.db");

    public async ValueTask InitializeAsync()
    {
        await using var catalogue = Open();
        await catalogue.GetService<IMigrator>().MigrateAsync(First);
        await catalogue.Database.ExecuteSqlRawAsync(
            $"""
            INSERT INTO "Sessions" ("Id", "Technician", "CreatedAt", "State", "Version", "CodeHash", "CodeExpiresAt", "PersonJoinedAt", "RecorderJoinedAt", "ParticipantTokenHash", "ConsentDigest", "ConsentAt", "Region",
                "Label", "NoticeSha256", "StartedAt", "EndedAt", "KeepUntil", "Detail")
            VALUES ('{Session}', 'tina', 500, 'Recorded', 4, x'', 5000, 1000, 900, x'0707', x'0909', 2000, 'eu', 'INC-1', 'sha', 3000, 63000, 7776000000, 'whole');
            INSERT INTO "Tracks" ("Session", "Name", "MediaType", "Segments", "Size", "Duration", "Finished", "Gaps", "Chain", "Checkpoint") VALUES ('{Session}', 'video', 'video/mp4; codecs="avc1.640028"', 2, 250000, 60.5, 1, '[]', 'head', x'01');
            INSERT INTO "Commits" ("Session", "Track", "Index", "Size", "Sha256", "Start", "Duration", "Key") VALUES ('{Session}', 'video', 0, 1000, 'abc', 0, 0, 0), ('{Session}', 'video', 1, 249000, 'def', 0, 60.5, 1);
            INSERT INTO "ReplayGrants" ("Id", "Session", "Viewer", "Purpose", "GrantedAt", "ExpiresAt") VALUES ('01990000-0000-7000-8000-000000000002', '{Session}', 'tina', 'Quality assurance', 70000, 80000);
            INSERT INTO "Audit" ("At", "Actor", "Action", "Session", "Outcome", "Detail") VALUES (500, 'tina', 'session.started', '{Session}', 'allowed', NULL), (2000, 'participant', 'consent.given', '{Session}', 'allowed', 'v1'), (70000, 'tina', 'replay.open', '{Session}', 'allowed', 'Quality assurance');
            """);
    }

    public ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        File.Delete(file);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Every_row_survives_with_what_it_said()
    {
        await UpgradeAsync();
        await using var catalogue = Open();
        Assert.Empty(await catalogue.Database.GetPendingMigrationsAsync());
        var session = await catalogue.Sessions.Include(s => s.Tracks).Include(s => s.Participants).SingleAsync();
        Assert.Equal((Guid.Parse(Session), "tina", SessionState.Recorded, "eu", "whole"), (session.Id, session.Technician, session.State, session.Region, session.Detail));
        Assert.Equal((500, 2000, 3000, 63000, 7776000000), (Ms(session.CreatedAt), Ms(session.ConsentAt), Ms(session.StartedAt), Ms(session.EndedAt), Ms(session.KeepUntil)));
        var person = Assert.Single(session.Participants);
        Assert.Equal(("p1", ParticipantState.Allowed, "sha"), (person.Name, person.State, person.NoticeSha256));
        Assert.Equal(("INC-1", null), (session.Ticket, session.Label)); // what was called a label then
        var track = Assert.Single(session.Tracks);
        Assert.Equal((null, null, 250000), (session.Policy, session.ShownDay, session.LastSize)); // it is from before there were policies
        Assert.Null(track.KeepUntil); // as long as its session
        Assert.Equal(("video", 2, 250000, 60.5, true, "head"), (track.Name, track.Segments, track.Size, track.Duration, track.Finished, track.Chain));
        Assert.Equal([(0, 1000, "abc", false), (1, 249000, "def", true)], await catalogue.Commits.OrderBy(c => c.Index).Select(c => ValueTuple.Create(c.Index, c.Size, c.Sha256, c.Key)).ToListAsync());
        Assert.Equal(("tina", "Quality assurance", null), await catalogue.ReplayGrants.Select(g => ValueTuple.Create(g.Viewer, g.Purpose, g.Approval)).SingleAsync());
        Assert.Empty(await catalogue.Database.SqlQueryRaw<string>("""SELECT "table" AS "Value" FROM pragma_foreign_key_check""").ToListAsync());
        Assert.Equal("ok", await catalogue.Database.SqlQueryRaw<string>("""SELECT integrity_check AS "Value" FROM pragma_integrity_check""").SingleAsync());
    }

    [Fact]
    public async Task The_audit_rows_of_before_are_chained_as_they_were_and_what_follows_hangs_on_them()
    {
        await UpgradeAsync();
        await using var catalogue = Open();
        catalogue.Audit.Add(new() { At = DateTimeOffset.FromUnixTimeMilliseconds(90_000), Actor = "tina", Action = "replay.open", Outcome = "allowed" });
        await catalogue.SaveChangesAsync();
        var rows = await catalogue.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
        Assert.Equal([(1, "tina", "session.started"), (2, "participant", "consent.given"), (3, "tina", "replay.open"), (4, "tina", "replay.open")], rows.Select(row => (row.Id, row.Actor, row.Action)));
        var previous = AuditChain.Start.ToArray();
        foreach (var row in rows)
        {
            Assert.Equal(previous, row.Previous);
            Assert.Equal(AuditChain.HashOf(previous, row.Id, row.Salt, row), row.Hash);
            previous = row.Hash!;
        }
    }

    [Theory]
    [InlineData("""UPDATE "Audit" SET "Actor" = 'nobody' WHERE "Id" = 1""")]
    [InlineData("""DELETE FROM "Audit" WHERE "Id" = 3""")]
    [InlineData("""INSERT INTO "Audit" ("Id", "At", "Actor", "Action", "Outcome") VALUES (2, 1, 'a', 'b', 'allowed')""")]
    public async Task What_was_written_before_cannot_be_changed_any_more(string sql)
    {
        await UpgradeAsync();
        await using var catalogue = Open();
        await Assert.ThrowsAsync<SqliteException>(() => catalogue.Database.ExecuteSqlRawAsync(sql));
        Assert.Equal(3, await catalogue.Database.SqlQueryRaw<int>("""SELECT COUNT(*) AS "Value" FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'Audit'""").SingleAsync());
    }

    [Fact]
    public async Task A_catalogue_of_any_version_between_becomes_the_same_tables_as_a_new_one()
    {
        await using var catalogue = Open();
        foreach (var step in catalogue.Database.GetMigrations()) { await catalogue.GetService<IMigrator>().MigrateAsync(step); } // one version after the other
        var fresh = Path.Combine(Path.GetTempPath(), $"catalogue-{Guid.NewGuid():N}.db");
        await using (var other = Open(fresh))
        {
            await other.Database.MigrateAsync();
            Assert.Equal(await ShapeAsync(other), await ShapeAsync(catalogue));
        }

        File.Delete(fresh);
    }

    private async Task UpgradeAsync()
    {
        await using var catalogue = Open();
        await catalogue.BringUpToDateAsync(default);
        await ChainEarlierRows.RunAsync(catalogue, default);
    }

    private CatalogueDb Open(string? path = null) => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={path ?? file};Pooling=false").Options);

    private static Task<List<string>> ShapeAsync(CatalogueDb catalogue) =>
        catalogue.Database.SqlQueryRaw<string>("""SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS "Value" FROM sqlite_master ORDER BY 1""").ToListAsync();

    private static long Ms(DateTimeOffset? time) => time!.Value.ToUnixTimeMilliseconds();
}
