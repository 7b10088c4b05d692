using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation;

/// <summary>
/// Seals the words of a row before it is saved and opens them when it was read, with the server's keys: a catalogue that is copied without
/// the folder <c>keys</c> tells neither what notices say nor what people asked for, and words that were changed in it are not shown to anybody.
/// </summary>
/// <remarks>It holds nothing, and is the same for every context: Entity Framework builds its services anew for every other instance.</remarks>
internal sealed class SealedRows : SaveChangesInterceptor, IMaterializationInterceptor
{
    private SealedRows() { }

    public static SealedRows Interceptor { get; } = new();

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Seal(eventData.Context!);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Seal(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
    {
        if (entity is ISealedRow row) { row.TakeOpened(Open(row, materializationData.Context)); }
        return entity;
    }

    private static void Seal(DbContext context)
    {
        foreach (var entry in context.ChangeTracker.Entries<ISealedRow>().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Unchanged))
        {
            var (row, words) = (entry.Entity, entry.Entity.WordsToSeal());
            if (entry.State is EntityState.Added || !Open(row, context).AsSpan().SequenceEqual(words)) { row.Sealed = ProtectorOf(row, context).Protect(words); }
        }
    }

    /// <exception cref="InvalidDataException">The words do not open: they were changed, or the keys are not the ones they were sealed with.</exception>
    private static byte[] Open(ISealedRow row, DbContext context)
    {
        try
        {
            return ProtectorOf(row, context).Unprotect(row.Sealed);
        }
        catch (CryptographicException refused)
        {
            throw new InvalidDataException($"The words of {row.SealedFor} do not open: they were changed in the catalogue, or the files in the folder keys are not the ones that belong to it.", refused);
        }
    }

    private static IDataProtector ProtectorOf(ISealedRow row, DbContext context) => context.GetService<IDataProtectionProvider>().CreateProtector("catalogue", row.SealedFor);
}
