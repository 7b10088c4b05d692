using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Tests.Audit;

/// <summary>A catalogue file as the server makes it, with its migrations, for tests that write its audit trail and tamper with it.</summary>
internal sealed class Trail : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-").FullName;

    private Trail() { }

    public string File => Path.Combine(folder, "catalogue.db");
    public string Folder => folder;
    public SigningKey Key { get; } = SigningKey.Create();
    public List<AuditCheckpoint> Checkpoints { get; } = [];
    public List<string> Jws { get; } = [];

    public static async Task<Trail> CreateAsync(int rows = 0)
    {
        var trail = new Trail();
        await using (var catalogue = trail.Open()) { await catalogue.Database.MigrateAsync(); }
        await trail.AddAsync(rows);
        return trail;
    }

    public CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite($"Data Source={File}").Options);

    public static AuditRow Row(string action = "replay.opened", string? detail = "Support") => new()
    {
        At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero), Actor = "tina", Action = action, Session = Guid.Parse("01990000-0000-7000-8000-0000000000aa"), Outcome = "allowed", Detail = detail, Address = "203.0.113.0/24",
    };

    /// <summary>Adds so many rows, each in a save of its own.</summary>
    public async Task AddAsync(int rows)
    {
        await using var catalogue = Open();
        for (var i = 0; i < rows; i++)
        {
            catalogue.Audit.Add(Row(detail: $"row {RandomNumberGenerator.GetHexString(4)}"));
            await catalogue.SaveChangesAsync();
        }
    }

    /// <summary>Signs what was added since the last checkpoint, in memory.</summary>
    public async Task<AuditCheckpoint> CheckpointAsync()
    {
        var rows = (await ReadAsync()).Where(row => row.Id > (Checkpoints is [.., var last] ? last.Last : 0)).ToList();
        var checkpoint = new AuditCheckpoint(
            AuditCheckpoint.FormatName, Checkpoints.Count, Jws.Count == 0 ? "" : AuditCheckpoint.DigestOf(Jws[^1]), rows[0].Id, rows[^1].Id, rows.Count, Base64Url.EncodeToString(rows[^1].Hash),
            Base64Url.EncodeToString([.. rows.SelectMany(row => row.Hash!)]), rows[^1].At, new(Guid.Empty, 0, ""));
        Jws.Add(checkpoint.Sign(Key));
        Checkpoints.Add(checkpoint);
        return checkpoint;
    }

    public async Task<AuditFinding> VerifyAsync()
    {
        using var file = AuditFile.Open(File);
        return await new VerifyAuditTrail(file, Checkpoints).RunAsync(default);
    }

    public async Task<List<AuditRow>> ReadAsync()
    {
        await using var catalogue = Open();
        return await catalogue.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
    }

    /// <summary>Does what somebody with the file can.</summary>
    public async Task<int> TamperAsync(string sql, bool withTriggers = false)
    {
        await using var connection = new SqliteConnection($"Data Source={File}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        if (!withTriggers)
        {
            command.CommandText = "SELECT group_concat('DROP TRIGGER \"' || name || '\";', ' ') FROM sqlite_master WHERE type = 'trigger'";
            command.CommandText = await command.ExecuteScalarAsync() as string ?? "SELECT 1";
            await command.ExecuteNonQueryAsync();
        }

        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        Key.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
