using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Audit;

/// <summary>On PostgreSQL, too, rows of the audit trail get numbers without holes and hashes that cover what was before, and stay as they are.</summary>
public sealed class PostgresAuditTests(PostgresServer postgres) : IAsyncLifetime
{
    private string connection = "";

    public async ValueTask InitializeAsync()
    {
        connection = await postgres.NewDatabaseAsync();
        await using var catalogue = Open();
        await catalogue.BringUpToDateAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Eight_writers_at_once_make_one_chain_without_holes()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await using var catalogue = Open();
                if (writer == 0) { catalogue.Audit.AddRange(Trail.Row(), Trail.Row()); catalogue.SaveChanges(); }
                else if (writer == 1)
                {
                    await using var transaction = await catalogue.BeginWritingAsync(CancellationToken.None);
                    await AddAsync(catalogue);
                    await AddAsync(catalogue);
                    await transaction.CommitAsync();
                }
                else if (writer == 2)
                {
                    await using var transaction = await catalogue.Database.BeginTransactionAsync(); // and goes away
                    await AddAsync(catalogue);
                }
                else { await AddAsync(catalogue); }
            }
        })));
        Assert.Equal(225, await VerifiedAsync());
    }

    [Fact]
    public async Task Who_counts_under_the_writers_lock_sees_what_the_one_before_saved()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(async () =>
        {
            await using var catalogue = Open();
            await using var transaction = await catalogue.BeginWritingAsync(CancellationToken.None);
            if (await catalogue.AuditCursors.CountAsync() < 5)
            {
                catalogue.AuditCursors.Add(new() { Name = Guid.NewGuid().ToString("N") });
                await catalogue.SaveChangesAsync();
            }

            await transaction.CommitAsync();
        })));
        await using var after = Open();
        Assert.Equal(5, await after.AuditCursors.CountAsync());
    }

    [Fact]
    public async Task A_row_commits_with_its_change_or_not_at_all_and_a_failed_save_leaves_no_hole()
    {
        await using var catalogue = Open();
        await AddAsync(catalogue);
        await using (var other = Open())
        {
            other.AuditCursors.Add(new() { Name = "taken" });
            await other.SaveChangesAsync();
        }

        catalogue.AuditCursors.Add(new() { Name = "taken" });
        catalogue.Audit.AddRange(Trail.Row(), Trail.Row());
        await Assert.ThrowsAsync<DbUpdateException>(() => catalogue.SaveChangesAsync());
        Assert.Equal(1, await VerifiedAsync());
        await using (var other = Open()) { await AddAsync(other); } // somebody else, meanwhile
        catalogue.Entry(catalogue.AuditCursors.Local.Single()).State = EntityState.Detached;
        await catalogue.SaveChangesAsync();
        Assert.Equal(4, await VerifiedAsync());
    }

    [Fact]
    public async Task Of_two_changes_of_a_session_at_once_the_later_one_looks_again()
    {
        var id = Guid.NewGuid();
        await using (var catalogue = Open())
        {
            catalogue.Sessions.Add(new() { Id = id, Technician = "tina", CreatedAt = DateTimeOffset.UnixEpoch, CodeExpiresAt = DateTimeOffset.UnixEpoch, Region = "eu-1" });
            await catalogue.SaveChangesAsync();
        }

        var counted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var catalogue = Open();
            return await catalogue.ChangeAsync(async () =>
            {
                var session = await catalogue.Sessions.SingleAsync(s => s.Id == id);
                var turn = session.Ticket?.Length ?? 0;
                session.Ticket += "x";
                catalogue.Audit.Add(Trail.Row());
                await catalogue.SaveChangesAsync();
                return turn;
            });
        })));
        Assert.Equal([0, 1, 2, 3], counted.Order());
        Assert.Equal(4, await VerifiedAsync());
    }

    [Theory]
    [InlineData("""UPDATE "Audit" SET "Detail" = 'x' WHERE "Id" = 1""")]
    [InlineData("""UPDATE "Audit" SET "Hash" = NULL""")]
    [InlineData("""DELETE FROM "Audit" WHERE "Id" = 2""")]
    [InlineData("""TRUNCATE "Audit" """)]
    [InlineData("""INSERT INTO "Audit" SELECT "Id" + 5, "Action", "Actor", "At", "Detail", "Outcome", "Session", "Address", "Hash", "Previous", "Salt" FROM (SELECT * FROM "Audit" WHERE "Id" = 2) AS "other" """)]
    [InlineData("""INSERT INTO "Audit" ("Id", "Action", "Actor", "At", "Outcome") VALUES (3, 'x', 'y', 1, 'allowed')""")]
    public async Task Not_even_a_mistake_in_a_statement_changes_a_row(string sql)
    {
        await using var catalogue = Open();
        await AddAsync(catalogue);
        await AddAsync(catalogue);
        await Assert.ThrowsAsync<PostgresException>(() => catalogue.Database.ExecuteSqlRawAsync(sql));
        Assert.Equal(2, await VerifiedAsync());
    }

    [Theory]
    [InlineData("""UPDATE "Audit" SET "Detail" = 'x' WHERE "Id" = 2""")]
    [InlineData("""DELETE FROM "Audit" WHERE "Id" = 2""")]
    [InlineData("""UPDATE "Audit" SET "Id" = 9 WHERE "Id" = 2""")]
    [InlineData("""UPDATE "Audit" SET "At" = 9223372036854775807 WHERE "Id" = 2""")]
    public async Task Who_owns_the_database_can_and_is_found_out(string sql)
    {
        await using var catalogue = Open();
        for (var i = 0; i < 3; i++) { await AddAsync(catalogue); }
        await catalogue.Database.ExecuteSqlRawAsync("""ALTER TABLE "Audit" DISABLE TRIGGER USER""");
        await catalogue.Database.ExecuteSqlRawAsync(sql);
        using var trail = AuditFile.OpenPostgres(connection);
        var found = await new VerifyAuditTrail(trail, []).RunAsync(CancellationToken.None);
        Assert.NotNull(found.Kind);
        Assert.Equal(2, found.Row);
    }

    [Fact]
    public async Task The_check_says_what_it_cannot_open_and_never_the_password()
    {
        var wrong = new NpgsqlConnectionStringBuilder(connection) { Password = "hunter2" }.ToString();
        var refused = Assert.Throws<InvalidDataException>(() => AuditFile.OpenPostgres(wrong));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        var empty = Assert.Throws<InvalidDataException>(() => AuditFile.OpenPostgres(new NpgsqlConnectionStringBuilder(connection) { Database = "postgres" }.ToString()));
        Assert.Contains("'postgres' is no catalogue with an audit trail", empty.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => AuditFile.OpenPostgres("Hots=x"));
        await using var catalogue = Open();
        Assert.Equal(0, await ChainEarlierRows.RunAsync(catalogue, CancellationToken.None));
    }

    private CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(connection).Options);

    private static async Task AddAsync(CatalogueDb catalogue)
    {
        catalogue.Audit.Add(Trail.Row());
        await catalogue.SaveChangesAsync();
    }

    /// <summary>How many rows there are, all of them as they were written.</summary>
    private async Task<long> VerifiedAsync()
    {
        using var trail = AuditFile.OpenPostgres(connection);
        var found = await new VerifyAuditTrail(trail, []).RunAsync(CancellationToken.None);
        Assert.True(found.Kind is null, found.Detail);
        return found.Row;
    }
}
