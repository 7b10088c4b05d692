using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>Retention on PostgreSQL.</summary>
public sealed class PostgresRetentionTests(PostgresServer postgres) : RetentionConformance
{
    private string connection = "";

    protected override CatalogueDb Open() => new(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(connection).Options);

    protected override async Task CreateAsync()
    {
        connection = await postgres.NewDatabaseAsync();
        await using var catalogue = Open();
        await catalogue.BringUpToDateAsync(CancellationToken.None);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
