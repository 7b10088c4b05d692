using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Npgsql;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>The audit trail of a catalogue's file, or of one on PostgreSQL, read without the server and without changing anything; whatever somebody may have written into it.</summary>
public sealed class AuditFile : IDisposable
{
    private readonly DbConnection _connection;

    /// <summary>What to connect to PostgreSQL with; null: the trail is in a file.</summary>
    private readonly string? _postgres;

    private AuditFile(DbConnection connection, string? postgres) => (_connection, _postgres) = (connection, postgres);

    /// <exception cref="InvalidDataException">The file is not there, or is no catalogue.</exception>
    public static AuditFile Open(string path)
    {
        if (!File.Exists(path)) { throw new InvalidDataException($"There is no catalogue '{path}'."); }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        return Opened(connection, $"'{path}' is no catalogue with an audit trail", null);
    }

    /// <exception cref="InvalidDataException">The database cannot be reached, or is no catalogue. The message does not hold the password.</exception>
    public static AuditFile OpenPostgres(string connectionString)
    {
        string readOnly;
        try
        {
            readOnly = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Options = "-c default_transaction_read_only=on" }.ToString();
        }
        catch (ArgumentException refused)
        {
            throw new InvalidDataException("Catalogue:ConnectionString is not one of PostgreSQL: Host=…;Database=…;Username=…;Password=….", refused);
        }

        NpgsqlConnection connection = new(readOnly);
        return Opened(connection, $"The database '{connection.Database}' is no catalogue with an audit trail", readOnly);
    }

    private static AuditFile Opened(DbConnection connection, string refusal, string? postgres)
    {
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """SELECT "Hash" FROM "Audit" LIMIT 0""";
            command.ExecuteNonQuery();
            return new(connection, postgres);
        }
        catch (DbException refused)
        {
            connection.Dispose();
            throw new InvalidDataException($"{refusal}: {refused.Message}", refused);
        }
    }

    /// <summary>The rows in the order of their numbers. What is not a row of the trail at all comes as <see langword="null"/> with its number.</summary>
    public async IAsyncEnumerable<(long Sequence, AuditRow? Row)> RowsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var another = _connection is NpgsqlConnection ? new NpgsqlConnection(_postgres) : null; // PostgreSQL reads one thing at a time on a connection, and the check looks around while it reads
        if (another is not null) { await another.OpenAsync(cancellation); }
        await using var command = (another ?? _connection).CreateCommand();
        command.CommandText = """SELECT "Id", "At", "Actor", "Action", "Session", "Outcome", "Detail", "Address", "Salt", "Previous", "Hash" FROM "Audit" ORDER BY "Id" """;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) { yield return (reader.GetInt64(0), TryRead(reader)); }
    }

    /// <summary>The highest number that the file remembers to have given, or that something is said to have read: above that of the last row where a tail was cut.</summary>
    public async Task<(long Sequence, string Source)> HighestKnownAsync(CancellationToken cancellation)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = _connection is NpgsqlConnection ? """SELECT "Sequence", 'the cursor ' || "Name" FROM "AuditCursors" ORDER BY 1 DESC LIMIT 1""" : """
            SELECT "seq", 'the catalogue''s own counter' FROM "sqlite_sequence" WHERE "name" = 'Audit'
            UNION ALL SELECT "Sequence", 'the cursor ' || "Name" FROM "AuditCursors" ORDER BY 1 DESC LIMIT 1
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) && reader.GetValue(0) is long sequence ? (sequence, reader.GetString(1)) : (0, "");
    }

    public void Dispose() => _connection.Dispose();

    private static AuditRow? TryRead(DbDataReader reader)
    {
        var session = reader.GetValue(4) is Guid id ? $"{id}" : Text(reader, 4);
        return reader.GetValue(1) is long at && at is >= -62_135_596_800_000 and <= 253_402_300_799_999 // what a DateTimeOffset holds
            && Text(reader, 2) is { } actor && Text(reader, 3) is { } action && Text(reader, 5) is { } outcome
            && (session is not null || reader.GetValue(4) is DBNull) && (session is null || Guid.TryParseExact(session, "D", out _)) && IsTextOrNull(reader, 6) && IsTextOrNull(reader, 7)
            && reader.GetValue(8) is byte[] salt && reader.GetValue(9) is byte[] previous && reader.GetValue(10) is byte[] hash
            ? new()
            {
                Id = reader.GetInt64(0), At = DateTimeOffset.FromUnixTimeMilliseconds(at), Actor = actor, Action = action, Session = session is null ? null : Guid.Parse(session),
                Outcome = outcome, Detail = Text(reader, 6), Address = Text(reader, 7), Salt = salt, Previous = previous, Hash = hash,
            }
            : null;
    }

    private static string? Text(DbDataReader reader, int column) => reader.GetValue(column) as string;

    private static bool IsTextOrNull(DbDataReader reader, int column) => reader.GetValue(column) is string or DBNull;
}
