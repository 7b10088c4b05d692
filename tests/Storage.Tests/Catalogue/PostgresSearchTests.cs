using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>The search on PostgreSQL.</summary>
public sealed class PostgresSearchTests(PostgresServer postgres) : SearchConformance
{
    private string connection = "";

    protected override CatalogueDb Open(params IInterceptor[] interceptors) =>
        new(new DbContextOptionsBuilder<CatalogueDb>().UseNpgsql(connection).AddInterceptors(interceptors).Options);

    protected override async Task CreateAsync()
    {
        connection = await postgres.NewDatabaseAsync();
        await using var catalogue = Open();
        await catalogue.BringUpToDateAsync(CancellationToken.None);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
