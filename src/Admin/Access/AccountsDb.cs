using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SecureRecorder.Admin.Access;

/// <summary>Accounts and set-up links, in the catalogue's file, with a migration history of their own.</summary>
internal sealed class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityDbContext<Account>(options)
{
    public const string MigrationsTable = "__AccountsMigrations";

    public DbSet<SetupLink> SetupLinks => Set<SetupLink>();

    /// <summary>The schema with passkeys, so that adding them later changes no table.</summary>
    public static void Shape(IdentityOptions identity) => identity.Stores = new() { SchemaVersion = IdentitySchemaVersions.Version3, MaxLengthForKeys = 128 };

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<SetupLink>().HasKey(link => link.Id);
    }
}

/// <summary>The one-time link that makes the first account. The token itself is only on the console.</summary>
internal sealed class SetupLink
{
    public int Id { get; init; }

    /// <summary>SHA-256 of the token.</summary>
    [MaxLength(32)] public required byte[] TokenHash { get; init; }

    /// <summary>Milliseconds since 1970, UTC.</summary>
    public required long ExpiresAt { get; init; }

    public bool Used { get; set; }
}

/// <summary>How the tool that writes migrations opens the model: the identity options shape it.</summary>
internal sealed class AccountsDesign : IDesignTimeDbContextFactory<AccountsDb>
{
    public AccountsDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AccountsDb>()
        .UseApplicationServiceProvider(new ServiceCollection().AddOptions<IdentityOptions>().Configure(AccountsDb.Shape).Services.BuildServiceProvider())
        .UseSqlite("Data Source=:memory:", sqlite => sqlite.MigrationsHistoryTable(AccountsDb.MigrationsTable)).Options);
}
