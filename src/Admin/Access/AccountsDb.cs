using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage;
using SecureRecorder.Admin.Access.Passkeys;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access;

/// <summary>Accounts, their links, sign-ins and teams, in the catalogue's database, with a migration history of their own.</summary>
internal class AccountsDb(DbContextOptions<AccountsDb> options) : IdentityDbContext<Account>(options)
{
    public const string MigrationsTable = "__AccountsMigrations";

    private const string WritersLock = """LOCK TABLE "AspNetUsers" IN SHARE ROW EXCLUSIVE MODE""";

    public DbSet<SetupLink> SetupLinks => Set<SetupLink>();
    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();
    public DbSet<AccountSession> Sessions => Set<AccountSession>();
    public DbSet<KnownDevice> KnownDevices => Set<KnownDevice>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<PasskeyChallenge> PasskeyChallenges => Set<PasskeyChallenge>();
    public DbSet<Team> Teams => Set<Team>();
    public DbSet<TeamMember> TeamMembers => Set<TeamMember>();

    /// <summary>The schema with passkeys, so that adding them later changes no table.</summary>
    public static void Shape(IdentityOptions identity) => identity.Stores = new() { SchemaVersion = IdentitySchemaVersions.Version3, MaxLengthForKeys = 128 };

    /// <summary>Begins a transaction that changes accounts: of two at once the later one waits for the earlier one, and sees what it saved.</summary>
    public Task<IDbContextTransaction> BeginWritingAsync(CancellationToken cancellation) => Database.BeginWritingAsync(WritersLock, cancellation);

    /// <summary>The migrations that the database still lacks; none: its tables are those of this version.</summary>
    public Task<IReadOnlyList<string>> PendingMigrationsAsync(CancellationToken cancellation) => Database.PendingMigrationsAsync(() => new PostgresAccountsDb(options), cancellation);

    /// <summary>Makes the tables, or brings them up to date, with the migrations that are the database's own.</summary>
    public Task BringUpToDateAsync(CancellationToken cancellation) => Database.BringUpToDateAsync(() => new PostgresAccountsDb(options), cancellation);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<Account>().Ignore(account => account.IsSetUp);
        builder.Entity<SetupLink>().HasKey(link => link.Id);
        OwnedBy<AccountLink>(builder, nameof(AccountLink.Account));
        OwnedBy<AccountSession>(builder, nameof(AccountSession.Account));
        OwnedBy<KnownDevice>(builder, nameof(KnownDevice.Account));
        OwnedBy<RecoveryCode>(builder, nameof(RecoveryCode.Account));
        OwnedBy<TeamMember>(builder, nameof(TeamMember.Account));
        builder.Entity<AccountSession>().ToTable("AccountSessions"); // the catalogue, in the same file, has sessions of its own
        builder.Entity<KnownDevice>().ToTable("AccountDevices");
        builder.Entity<RecoveryCode>().ToTable("AccountRecoveryCodes");
        builder.Entity<PasskeyChallenge>().ToTable("AccountPasskeyChallenges").HasIndex(challenge => challenge.TokenHash).IsUnique();
        builder.Entity<Team>().ToTable("AccountTeams");
        builder.Entity<TeamMember>().ToTable("AccountTeamMembers");
        builder.Entity<AccountLink>().HasIndex(link => link.TokenHash).IsUnique();
        builder.Entity<Team>().HasIndex(team => team.Name).IsUnique();
        builder.Entity<Team>().Property(team => team.Chat).HasConversion<string>();
        builder.Entity<TeamMember>(member =>
        {
            member.HasKey(m => new { m.Team, m.Account });
            member.HasOne<Team>().WithMany().HasForeignKey(m => m.Team);
        });
        if (Database.IsNpgsql()) { PostgresColumns.Shape(builder); }
    }

    private static void OwnedBy<T>(ModelBuilder builder, string account) where T : class =>
        builder.Entity<T>().HasOne<Account>().WithMany().HasForeignKey(account).OnDelete(DeleteBehavior.Cascade);
}

/// <summary>How the tool that writes migrations opens the model: the identity options shape it.</summary>
internal sealed class AccountsDesign : IDesignTimeDbContextFactory<AccountsDb>
{
    public AccountsDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AccountsDb>()
        .UseApplicationServiceProvider(new ServiceCollection().AddOptions<IdentityOptions>().Configure(AccountsDb.Shape).Services.BuildServiceProvider())
        .UseSqlite("Data Source=:memory:", sqlite => sqlite.MigrationsHistoryTable(AccountsDb.MigrationsTable)).Options);
}
