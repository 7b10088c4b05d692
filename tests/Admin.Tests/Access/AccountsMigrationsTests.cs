using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;

namespace SecureRecorder.Admin.Tests.Access;

/// <summary>Whoever changes what accounts are writes a migration for each database.</summary>
public sealed class AccountsMigrationsTests
{
    [Fact]
    public async Task The_migrations_of_both_databases_make_the_model_that_the_code_has()
    {
        await using var sqlite = new AccountsDesign().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        await using var postgres = new PostgresAccountsDesign().CreateDbContext([]);
        Assert.False(postgres.Database.HasPendingModelChanges());
        Assert.NotEqual(sqlite.Database.GetMigrations(), postgres.Database.GetMigrations());
    }
}
