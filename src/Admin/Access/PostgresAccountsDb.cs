using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SecureRecorder.Admin.Access;

/// <summary>The accounts on PostgreSQL, as far as migrations go, which are of one database each. Everything else uses <see cref="AccountsDb"/> on both.</summary>
internal sealed class PostgresAccountsDb(DbContextOptions<AccountsDb> options) : AccountsDb(options);

/// <summary>How the tool that writes migrations for PostgreSQL opens the model; no server is asked.</summary>
internal sealed class PostgresAccountsDesign : IDesignTimeDbContextFactory<PostgresAccountsDb>
{
    public PostgresAccountsDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AccountsDb>()
        .UseApplicationServiceProvider(new ServiceCollection().AddOptions<IdentityOptions>().Configure(AccountsDb.Shape).Services.BuildServiceProvider())
        .UseNpgsql("Host=unused", postgres => postgres.MigrationsHistoryTable(AccountsDb.MigrationsTable)).Options);
}
