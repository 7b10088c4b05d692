using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>SQLite, in a file as the server's.</summary>
internal sealed class SqliteSearchDatabase : SearchDatabase
{
    private readonly string _folder = Directory.CreateTempSubdirectory("search-").FullName;

    public override string Name => "SQLite";

    public override CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={Path.Combine(_folder, "catalogue.db")}").Options);

    public override async Task FillAsync(int count, Func<int, RecordedSession> session, Func<RecordedSession, IEnumerable<RecordedTrack>> tracks)
    {
        await using (var old = Open()) { await old.Database.EnsureDeletedAsync(); }
        await using var catalogue = Open();
        await catalogue.Database.MigrateAsync();
        await catalogue.Database.OpenConnectionAsync();
        var connection = catalogue.Database.GetDbConnection();
        await RunAsync(connection, "PRAGMA cache_size = -2000000; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;");
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var sessions = Insert<RecordedSession>(catalogue, connection);
            await using var ofTracks = Insert<RecordedTrack>(catalogue, connection);
            for (var number = 0; number < count; number++)
            {
                var made = session(number);
                await sessions.AddAsync(made);
                foreach (var track in tracks(made)) { await ofTracks.AddAsync(track); }
            }

            await transaction.CommitAsync();
        }

        await RunAsync(connection, "PRAGMA journal_mode = WAL;");
        await catalogue.Database.CloseConnectionAsync();
        SqliteConnection.ClearAllPools(); // the next connections have the server's cache
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static Inserted Insert<T>(CatalogueDb catalogue, DbConnection connection)
    {
        var (table, columns) = TableOf<T>(catalogue);
        var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < columns.Count; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }

        return new(command, [.. columns.Select(column => column.Value)]);
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Inserted(DbCommand command, IReadOnlyList<Func<object, object?>> values) : IAsyncDisposable
    {
        public Task<int> AddAsync(object row)
        {
            for (var i = 0; i < values.Count; i++) { command.Parameters[i].Value = values[i](row) ?? DBNull.Value; }
            return command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => command.DisposeAsync();
    }
}
