using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>Gives audit rows their numbers and hashes while they are saved, and lets nothing else happen to them.</summary>
/// <remarks>It holds nothing, and is the same for every context.</remarks>
internal sealed class ChainAuditRows : SaveChangesInterceptor
{
    private ChainAuditRows() { }

    public static ChainAuditRows Interceptor { get; } = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (AddedTo(eventData.Context!) is { Count: > 0 } added)
        {
            if (eventData.Context!.Database.IsNpgsql()) { eventData.Context.Database.ExecuteSqlRaw(CatalogueDb.WritersLock); }
            Chain(added, LastOf(eventData.Context).FirstOrDefault());
        }
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AddedTo(eventData.Context!) is { Count: > 0 } added)
        {
            if (eventData.Context!.Database.IsNpgsql()) { await eventData.Context.Database.ExecuteSqlRawAsync(CatalogueDb.WritersLock, cancellationToken); }
            Chain(added, await LastOf(eventData.Context).FirstOrDefaultAsync(cancellationToken));
        }
        return result;
    }

    /// <exception cref="InvalidOperationException">Something else than adding is to happen to a row.</exception>
    private static List<EntityEntry<AuditRow>> AddedTo(DbContext context)
    {
        var rows = context.ChangeTracker.Entries<AuditRow>().Where(row => row.State is not EntityState.Unchanged).ToList();
        return rows.Find(row => row.State is not EntityState.Added) is { } other
            ? throw new InvalidOperationException($"Audit row {other.Entity.Id} is to be {other.State}: rows of the audit trail are only added.")
            : rows;
    }

    private static IQueryable<Last> LastOf(DbContext context) => context.Database.CurrentTransaction is not null
        ? context.Set<AuditRow>().AsNoTracking().OrderByDescending(row => row.Id).Select(row => new Last(row.Id, row.Hash))
        : throw new InvalidOperationException("Audit rows are chained within a transaction, and there is none.");

    private static void Chain(List<EntityEntry<AuditRow>> added, Last? last)
    {
        if (last is { Hash: null }) { throw new InvalidOperationException($"Audit row {last.Id} is not chained: start the server once, which chains the rows of earlier versions."); }

        // From the last to the first: after a save that failed, the numbers move up, and no two rows may have one number at any time.
        var first = (last?.Id ?? 0) + 1;
        for (var i = added.Count - 1; i >= 0; i--)
        {
            var id = added[i].Property(row => row.Id);
            id.CurrentValue = first + i;
            id.IsTemporary = false;
        }

        var previous = last?.Hash ?? AuditChain.Start.ToArray();
        foreach (var row in added)
        {
            var salt = RandomNumberGenerator.GetBytes(AuditChain.SaltLength);
            foreach (var text in (string[])[nameof(AuditRow.Actor), nameof(AuditRow.Action), nameof(AuditRow.Outcome), nameof(AuditRow.Detail), nameof(AuditRow.Address)])
            {
                row.Property(text).CurrentValue = AuditChain.Storable((string?)row.Property(text).CurrentValue);
            }

            var hash = AuditChain.HashOf(previous, row.Entity.Id, salt, row.Entity);
            row.Property(r => r.Salt).CurrentValue = salt;
            row.Property(r => r.Previous).CurrentValue = previous;
            row.Property(r => r.Hash).CurrentValue = hash;
            previous = hash;
        }
    }

    private sealed record Last(long Id, byte[]? Hash);
}
