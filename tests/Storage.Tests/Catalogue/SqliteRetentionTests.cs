using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>Retention on SQLite.</summary>
public sealed class SqliteRetentionTests : RetentionConformance
{
    private readonly SqliteConnection connection = new("Data Source=:memory:");

    protected override CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseSqlite(connection).Options);

    protected override async Task CreateAsync()
    {
        await connection.OpenAsync();
        await using var catalogue = Open();
        await catalogue.Database.MigrateAsync();
    }

    public override ValueTask DisposeAsync() => connection.DisposeAsync();
}
