using Microsoft.EntityFrameworkCore;
using Npgsql;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Search;

/// <summary>PostgreSQL as the distribution sets it up.</summary>
internal sealed class PostgresSearchDatabase : SearchDatabase
{
    private static readonly TimeSpan FillLimit = TimeSpan.FromHours(3);

    private readonly PostgresServer _server = new();
    private string _connection = "";

    public override string Name => "PostgreSQL";

    public override CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(_connection).Options);

    public override async Task FillAsync(int count, Func<int, RecordedSession> session, Func<RecordedSession, IEnumerable<RecordedTrack>> tracks)
    {
        if (_connection.Length == 0) { await _server.InitializeAsync(); }

        _connection = await _server.NewDatabaseAsync();
        await using var catalogue = Open();
        await catalogue.BringUpToDateAsync(CancellationToken.None);
        await CopyAsync<RecordedSession>(catalogue, Enumerable.Range(0, count).Select(session));
        await CopyAsync<RecordedTrack>(catalogue, Enumerable.Range(0, count).SelectMany(number => tracks(session(number))));
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("VACUUM ANALYZE", connection) { CommandTimeout = 0 }; // as its own housekeeping does in time
        await command.ExecuteNonQueryAsync();
    }

    public override ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task CopyAsync<T>(CatalogueDb catalogue, IEnumerable<T> rows) where T : notnull
    {
        var (table, columns) = TableOf<T>(catalogue);
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync();
        await using var into = await connection.BeginBinaryImportAsync($"COPY \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column.Name}\""))}) FROM STDIN (FORMAT BINARY)");
        into.Timeout = FillLimit;
        foreach (var row in rows)
        {
            await into.StartRowAsync();
            foreach (var (_, value) in columns)
            {
                if (value(row) is { } given) { await into.WriteAsync(given); } else { await into.WriteNullAsync(); }
            }
        }

        await into.CompleteAsync();
    }
}
