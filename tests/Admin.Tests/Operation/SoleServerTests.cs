using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureRecorder.Admin.Operation;
using SecureRecorder.TestServers;

namespace SecureRecorder.Admin.Tests.Operation;

/// <summary>One server at a time on one PostgreSQL database: a second one waits, and does not start; and who loses the database to another one ends.</summary>
public sealed class SoleServerTests(PostgresServer postgres)
{
    private const string Locks = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    private const string Waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    [Fact]
    public async Task A_second_server_does_not_start_and_says_why_until_the_first_has_ended()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var first = await StartAsync(database);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(database));
        Assert.Contains("Another server uses this database", refused.Message, StringComparison.Ordinal);
        using (var browser = new Browser(first)) { Assert.Equal("ready", await browser.ReadAsync("/ready")); }
        await using (await StartAsync(await postgres.NewDatabaseAsync())) { } // another database is free

        await first.StopAsync();
        await using var second = await StartAsync(database);
    }

    [Fact]
    public async Task A_server_that_waits_starts_when_the_other_one_is_gone()
    {
        var database = await postgres.NewDatabaseAsync();
        var first = await StartAsync(database);
        var second = StartAsync(database, seconds: 300);
        await Eventually.CompleteAsync(async () => await CountAsync(database, Waiting) > 0 ? null : "The second one does not wait.");
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await using var started = await second;
        using var browser = new Browser(started);
        Assert.Equal("ready", await browser.ReadAsync("/ready"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_broke_is_made_anew_even_while_the_database_does_not_miss_it_yet(bool lingers)
    {
        var database = await postgres.NewDatabaseAsync();
        await using var server = await StartAsync(database);
        var before = await CountAsync(database, Locks);
        await using var old = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { ApplicationName = await ReadAsync(database, $"SELECT application_name FROM pg_stat_activity WHERE pid = {before}"), Pooling = false }.ToString());
        if (lingers)
        {
            await old.OpenAsync();
            await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({SoleServer.Number})", old);
            var taken = take.ExecuteNonQueryAsync();
            await Eventually.CompleteAsync(async () => await CountAsync(database, Waiting) > 0 ? null : "The other one does not wait.");
            await CountAsync(database, $"SELECT count(pg_terminate_backend({before}))");
            await taken;
            before = await CountAsync(database, Locks);
        }
        else { await CountAsync(database, $"SELECT count(pg_terminate_backend({before}))"); }

        await Eventually.CompleteAsync(async () => await CountAsync(database, Locks) is var now && now > 0 && now != before ? null : "The database is not held again.");
        await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(database));
        Assert.False(server.Services.GetRequiredService<SoleServer>().WasTakenOver);
    }

    [Fact]
    public async Task A_server_whose_database_was_taken_over_meanwhile_ends()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var server = await StartAsync(database);
        var sole = server.Services.GetRequiredService<SoleServer>();
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync();
        await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({SoleServer.Number})", other);
        var taken = take.ExecuteNonQueryAsync(); // stands in line
        await Eventually.CompleteAsync(async () => await CountAsync(database, Waiting) > 0 ? null : "The other one does not wait.");
        await CountAsync(database, $"SELECT count(pg_terminate_backend(({Locks})))");
        await taken;
        await Eventually.CompleteAsync(() => Task.FromResult(sole.WasTakenOver ? null : "The server goes on."));
    }

    private static Task<Server> StartAsync(string database, int seconds = 0) => Server.StartAsync(
        ("Catalogue:Kind", "postgresql"), ("Catalogue:ConnectionString", database), ("Catalogue:TakeOverSeconds", seconds.ToString(CultureInfo.InvariantCulture)));

    private static async Task<long> CountAsync(string database, string sql) => long.Parse(await ReadAsync(database, sql), CultureInfo.InvariantCulture);

    /// <summary>The one value that the statement gives, or 0.</summary>
    private static async Task<string> ReadAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync() ?? 0, CultureInfo.InvariantCulture)!;
    }
}
