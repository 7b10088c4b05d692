using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>The audit trail of a catalogue file, read without the server and without changing the file; whatever somebody may have written into it.</summary>
public sealed class AuditFile : IDisposable
{
    private readonly SqliteConnection _connection;

    private AuditFile(SqliteConnection connection) => _connection = connection;

    /// <exception cref="InvalidDataException">The file is not there, or is no catalogue.</exception>
    public static AuditFile Open(string path)
    {
        if (!File.Exists(path)) { throw new InvalidDataException($"There is no catalogue '{path}'."); }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """SELECT "Hash" FROM "Audit" LIMIT 0""";
            command.ExecuteNonQuery();
            return new(connection);
        }
        catch (SqliteException refused)
        {
            connection.Dispose();
            throw new InvalidDataException($"'{path}' is no catalogue with an audit trail: {refused.Message}", refused);
        }
    }

    /// <summary>The rows in the order of their numbers. What is not a row of the trail at all comes as <see langword="null"/> with its number.</summary>
    public async IAsyncEnumerable<(long Sequence, AuditRow? Row)> RowsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = """SELECT "Id", "At", "Actor", "Action", "Session", "Outcome", "Detail", "Address", "Salt", "Previous", "Hash" FROM "Audit" ORDER BY "Id" """;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) { yield return (reader.GetInt64(0), TryRead(reader)); }
    }

    /// <summary>The highest number that the file remembers to have given, or that something is said to have read: above that of the last row where a tail was cut.</summary>
    public async Task<(long Sequence, string Source)> HighestKnownAsync(CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = """
            SELECT "seq", 'the catalogue''s own counter' FROM "sqlite_sequence" WHERE "name" = 'Audit'
            UNION ALL SELECT "Sequence", 'the cursor ' || "Name" FROM "AuditCursors" ORDER BY 1 DESC LIMIT 1
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) && reader.GetValue(0) is long sequence ? (sequence, reader.GetString(1)) : (0, "");
    }

    public void Dispose() => _connection.Dispose();

    private static AuditRow? TryRead(SqliteDataReader reader)
    {
        var session = Text(reader, 4);
        return reader.GetValue(1) is long at && at is >= -62_135_596_800_000 and <= 253_402_300_799_999 // what a DateTimeOffset holds
            && Text(reader, 2) is { } actor && Text(reader, 3) is { } action && Text(reader, 5) is { } outcome
            && IsTextOrNull(reader, 4) && (session is null || Guid.TryParseExact(session, "D", out _)) && IsTextOrNull(reader, 6) && IsTextOrNull(reader, 7)
            && reader.GetValue(8) is byte[] salt && reader.GetValue(9) is byte[] previous && reader.GetValue(10) is byte[] hash
            ? new()
            {
                Id = reader.GetInt64(0), At = DateTimeOffset.FromUnixTimeMilliseconds(at), Actor = actor, Action = action, Session = session is null ? null : Guid.Parse(session),
                Outcome = outcome, Detail = Text(reader, 6), Address = Text(reader, 7), Salt = salt, Previous = previous, Hash = hash,
            }
            : null;
    }

    private static string? Text(SqliteDataReader reader, int column) => reader.GetValue(column) as string;

    private static bool IsTextOrNull(SqliteDataReader reader, int column) => reader.GetValue(column) is string or DBNull;
}
