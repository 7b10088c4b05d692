using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>Whoever changes what the catalogue holds writes a migration for each database.</summary>
public sealed class MigrationsTests
{
    [Fact]
    public async Task The_migrations_of_both_databases_make_the_model_that_the_code_has()
    {
        await using var sqlite = new CatalogueDesign().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        await using var postgres = new PostgresCatalogueDesign().CreateDbContext([]);
        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.NotEqual(sqlite.Database.GetMigrations(), postgres.Database.GetMigrations());
    }
}
