using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SecureRecorder.Storage.Audit;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>The catalogue: what is recorded, by whom, under which consent, and who looked. It is never the only copy of a recording.</summary>
public class CatalogueDb(DbContextOptions<CatalogueDb> options) : DbContext(options)
{
    /// <summary>On PostgreSQL, what makes one writer of audit rows wait for the other; readers do not. It is also the order of locks: first this one, then rows.</summary>
    internal const string WritersLock = """LOCK TABLE "Audit" IN SHARE ROW EXCLUSIVE MODE""";

    public DbSet<RecordedSession> Sessions => Set<RecordedSession>();
    public DbSet<Participant> Participants => Set<Participant>();
    public DbSet<RecordedTrack> Tracks => Set<RecordedTrack>();
    public DbSet<CommittedSegment> Commits => Set<CommittedSegment>();
    public DbSet<ReplayGrant> ReplayGrants => Set<ReplayGrant>();
    public DbSet<RecordingExport> Exports => Set<RecordingExport>();
    public DbSet<RequestCase> RequestCases => Set<RequestCase>();
    public DbSet<AuditRow> Audit => Set<AuditRow>();
    public DbSet<AuditCursor> AuditCursors => Set<AuditCursor>();
    public DbSet<PublishedNotice> Notices => Set<PublishedNotice>();
    public DbSet<NoticeDraft> NoticeDrafts => Set<NoticeDraft>();
    public DbSet<SessionLabel> Labels => Set<SessionLabel>();
    public DbSet<Entitlement> Entitlements => Set<Entitlement>();
    public DbSet<Approval> Approvals => Set<Approval>();
    public DbSet<StorageLocation> Locations => Set<StorageLocation>();
    public DbSet<RegionPin> RegionPins => Set<RegionPin>();
    public DbSet<OrphanApproval> OrphanApprovals => Set<OrphanApproval>();
    public DbSet<LocationMove> LocationMoves => Set<LocationMove>();
    public DbSet<MovedRecording> MovedRecordings => Set<MovedRecording>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();
    public DbSet<ServerNode> ServerNodes => Set<ServerNode>();
    public DbSet<KeptFinding> Findings => Set<KeptFinding>();
    public DbSet<KeptLook> Looks => Set<KeptLook>();
    public DbSet<OutgoingAlert> Alerts => Set<OutgoingAlert>();
    public DbSet<Breach> Breaches => Set<Breach>();
    public DbSet<BreachStep> BreachSteps => Set<BreachStep>();
    public DbSet<BreachNote> BreachNotes => Set<BreachNote>();
    public DbSet<LegalHold> Holds => Set<LegalHold>();
    public DbSet<PurgeProgress> Purges => Set<PurgeProgress>();
    public DbSet<RetentionPolicy> RetentionPolicies => Set<RetentionPolicy>();
    public DbSet<KeyPass> KeyPasses => Set<KeyPass>();
    public DbSet<ExpiryKey> ExpiryKeys => Set<ExpiryKey>();
    public DbSet<PolicyReapplication> PolicyReapplications => Set<PolicyReapplication>();

    /// <inheritdoc/>
    /// <remarks>
    /// A changed session counts on, so that of two changes at once the later one fails instead of overwriting; a participant changes only together with the session. Audit rows are chained within the
    /// transaction in which they are saved: it writes from its beginning, so that of two savers at once the later one waits for the earlier one's last row.
    /// </remarks>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        CountChanges();
        if (!AddsAuditRows()) { return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken); }

        await using var transaction = await BeginWritingAsync(cancellationToken);
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (acceptAllChangesOnSuccess) { ChangeTracker.AcceptAllChanges(); }
        return saved;
    }

    /// <inheritdoc/>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        CountChanges();
        if (!AddsAuditRows()) { return base.SaveChanges(acceptAllChangesOnSuccess); }

        using var transaction = Database.BeginTransaction(Database.WritersIsolation()); // the interceptor takes the lock
        var saved = base.SaveChanges(acceptAllChangesOnSuccess: false);
        transaction.Commit();
        if (acceptAllChangesOnSuccess) { ChangeTracker.AcceptAllChanges(); }
        return saved;
    }

    /// <summary>Begins a transaction that writes from its beginning: of two at once the later one waits for the earlier one, and sees what it saved.</summary>
    public Task<IDbContextTransaction> BeginWritingAsync(CancellationToken cancellation) => Database.BeginWritingAsync(WritersLock, cancellation);

    /// <summary>The migrations that the database still lacks; none: its tables are those of this version.</summary>
    public Task<IReadOnlyList<string>> PendingMigrationsAsync(CancellationToken cancellation) => Database.PendingMigrationsAsync(() => new PostgresCatalogueDb(options), cancellation);

    /// <summary>Makes the tables, or brings them up to date, with the migrations that are the database's own.</summary>
    public Task BringUpToDateAsync(CancellationToken cancellation) => Database.BringUpToDateAsync(() => new PostgresCatalogueDb(options), cancellation);

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(ChainAuditRows.Interceptor); // the last one: what others write into a row is hashed

    private void CountChanges()
    {
        var people = ChangeTracker.Entries<Participant>().Where(entry => entry.State is EntityState.Added or EntityState.Modified).Select(entry => entry.Entity.Session).Distinct().ToList();
        foreach (var id in people)
        {
            var session = Sessions.Local.FindEntry(id) ?? throw new InvalidOperationException($"A participant of session {id} changes, and the session itself was not read.");
            session.Property(s => s.Version).IsModified = true;
        }

        foreach (var changed in ChangeTracker.Entries<RecordedSession>().Where(entry => entry.State == EntityState.Modified))
        {
            changed.Entity.Version++;
        }

        foreach (var changed in ChangeTracker.Entries<RecordingExport>().Where(entry => entry.State == EntityState.Modified)) { changed.Entity.Version++; }
        foreach (var changed in ChangeTracker.Entries<Breach>().Where(entry => entry.State == EntityState.Modified)) { changed.Entity.Version++; }
    }

    /// <summary>Whether a transaction must be begun for them.</summary>
    private bool AddsAuditRows() => Database.CurrentTransaction is null && ChangeTracker.Entries<AuditRow>().Any(row => row.State is EntityState.Added);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite neither orders nor compares DateTimeOffset: times are kept as milliseconds since 1970, UTC.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MillisecondsConverter>();
        configurationBuilder.Properties<SessionState>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ChatKeeping>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ExportState>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ParticipantState>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<EntitlementScope>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ApprovalKind>().HaveConversion<string>().HaveMaxLength(20);
        configurationBuilder.Properties<ApprovalState>().HaveConversion<string>().HaveMaxLength(20);
        RetentionTables.Conventions(configurationBuilder);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RecordedSession>(session =>
        {
            session.HasKey(s => s.Id);
            session.HasIndex(s => s.CodeHash);
            session.HasIndex(s => s.RecorderTokenHash);
            session.HasIndex(s => s.State);
            SessionIndexes.Shape(session);
            session.Property(s => s.Version).IsConcurrencyToken();
            session.HasMany(s => s.Tracks).WithOne().HasForeignKey(t => t.Session);
            session.HasMany(s => s.Participants).WithOne().HasForeignKey(p => p.Session);
        });
        modelBuilder.Entity<Participant>(participant =>
        {
            participant.HasKey(p => new { p.Session, p.Name });
            participant.HasIndex(p => p.CodeHash);
            participant.HasIndex(p => p.TokenHash);
            participant.HasIndex(p => new { p.State, p.DecideUntil });
        });
        modelBuilder.Entity<RecordedTrack>(track => track.HasKey(t => new { t.Session, t.Name }));
        modelBuilder.Entity<CommittedSegment>(commit => commit.HasKey(c => new { c.Session, c.Track, c.Index }));
        modelBuilder.Entity<ReplayGrant>(grant =>
        {
            grant.HasKey(g => g.Id);
            grant.HasIndex(g => new { g.Session, g.Viewer });
        });
        modelBuilder.Entity<RecordingExport>(export =>
        {
            export.HasKey(e => e.Id);
            export.HasIndex(e => new { e.Session, e.Requester });
            export.HasIndex(e => new { e.State, e.RequestedAt });
            export.HasIndex(e => e.Stored);
            export.Property(e => e.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<RequestCase>(request =>
        {
            request.HasKey(r => r.Id);
            request.HasIndex(r => new { r.Session, r.State });
            request.HasIndex(r => new { r.State, r.At });
            request.Property(r => r.State).IsConcurrencyToken(); // of two answers at once only the first one counts
        });
        modelBuilder.Entity<AuditRow>(row =>
        {
            row.HasKey(a => a.Id);
            row.HasIndex(a => new { a.Session, a.Id });
            row.HasIndex(a => new { a.Actor, a.Id });
        });
        modelBuilder.Entity<AuditCursor>().HasKey(cursor => cursor.Name);
        NoticeTables.Shape(modelBuilder);
        RightsTables.Shape(modelBuilder);
        LocationTables.Shape(modelBuilder);
        JobTables.Shape(modelBuilder);
        FindingTables.Shape(modelBuilder);
        HoldTables.Shape(modelBuilder);
        RetentionTables.Shape(modelBuilder);
        if (Database.IsNpgsql()) { PostgresColumns.Shape(modelBuilder); }
    }

    private sealed class MillisecondsConverter() : ValueConverter<DateTimeOffset, long>(
        time => time.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
