using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What a context that lies on SQLite or on PostgreSQL does differently on the two. Migrations are of one database each: those of PostgreSQL belong to a context derived from it.</summary>
public static class EitherDatabase
{
    /// <summary>SQLite locks when such a transaction begins; PostgreSQL, where the lock is a statement, must see what was committed until then.</summary>
    public static IsolationLevel WritersIsolation(this DatabaseFacade database) => database.IsNpgsql() ? IsolationLevel.ReadCommitted : IsolationLevel.Serializable;

    /// <summary>Begins a transaction that writes from its beginning: of two at once the later one waits for the earlier one, and sees what it saved.</summary>
    /// <param name="writersLock">The statement that makes one writer wait for the other on PostgreSQL.</param>
    public static async Task<IDbContextTransaction> BeginWritingAsync(this DatabaseFacade database, string writersLock, CancellationToken cancellation)
    {
        var transaction = await database.BeginTransactionAsync(database.WritersIsolation(), cancellation);
        try
        {
            if (database.IsNpgsql()) { await database.ExecuteSqlRawAsync(writersLock, cancellation); }
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>The migrations that the database still lacks; none: its tables are those of this version.</summary>
    /// <param name="ofPostgres">Makes the context that PostgreSQL's migrations belong to.</param>
    public static async Task<IReadOnlyList<string>> PendingMigrationsAsync(this DatabaseFacade database, Func<DbContext> ofPostgres, CancellationToken cancellation)
    {
        await using var postgres = database.IsNpgsql() ? ofPostgres() : null;
        return [.. await (postgres?.Database ?? database).GetPendingMigrationsAsync(cancellation)];
    }

    /// <summary>Makes the tables, or brings them up to date.</summary>
    /// <param name="ofPostgres">Makes the context that PostgreSQL's migrations belong to.</param>
    public static async Task BringUpToDateAsync(this DatabaseFacade database, Func<DbContext> ofPostgres, CancellationToken cancellation)
    {
        await using var postgres = database.IsNpgsql() ? ofPostgres() : null;
        if (postgres is not null) { await postgres.GetService<IHistoryRepository>().CreateIfNotExistsAsync(cancellation); } // the log of a first start would say that it failed to read it
        await (postgres?.Database ?? database).MigrateAsync(cancellation);
    }
}
