using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Destroys the objects of a purge that has begun, as far as nothing keeps them: keys, then everything in one stream, then a listing that is empty. What was there is counted before.</summary>
/// <remarks>Every step that matters is in <see cref="PurgeProgress"/> before it is done: killed at any point, the next run goes on there. A legal hold is looked for before the keys, and before every batch.</remarks>
public sealed class PurgeObjects(CatalogueDb catalogue, TimeProvider clock)
{
    private const int Passes = 5;

    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    internal async Task<Result> RunAsync(PurgeTarget target, CancellationToken cancellation)
    {
        if (!await DestroyKeysAsync(target, cancellation)) { return new Result.Held(); }

        var progress = await CountAsync(target, cancellation);
        var expected = progress.Remaining;
        for (var pass = 1; ; pass++)
        {
            var found = await target.Store.DestroyOnceAsync(target.Prefix, async () => !await catalogue.IsHeldAsync(target.Session, cancellation), cancellation);
            if (found.WasStopped) { return new Result.Held(); }
            if (expected == 0 && !found.IsEmpty) { await SaveAsync(target, row => Include(row, found), cancellation); } // it appeared after the rest was gone
            expected = found.FailedCount;
            if (found.IsEmpty)
            {
                var at = clock.GetUtcNow();
                await SaveAsync(target, row => (row.Remaining, row.Locked, row.LockedUntil, row.NotBefore) = (0, 0, null, null), cancellation);
                return new Result.Empty(at);
            }

            if (found.FailedCount == found.All && found.Uploads == 0 && await LockOfAsync(target.Store, found, cancellation) is { } locked) { return locked; }
            if (pass == Passes || (found.FailedCount == found.All && found.All > 0)) { throw DestroyObjects.Remaining(target.Prefix, found); }
        }
    }

    /// <summary>Whether all key files are still there as they were counted, so that nothing was destroyed.</summary>
    internal static async Task<bool> IsUntouchedAsync(PurgeTarget target, PurgeProgress progress, CancellationToken cancellation) => progress.KeysFrom is null
        || (progress is { KeysDestroyedAt: null, CountedAt: null } && (await target.Store.VersionsOfAsync(target.Keys, cancellation)).Count == progress.Remaining);

    /// <summary>From the moment that this is saved nothing can be taken back, and a hold comes too late for the keys.</summary>
    /// <returns>False: a hold was faster.</returns>
    private async Task<bool> DestroyKeysAsync(PurgeTarget target, CancellationToken cancellation)
    {
        var keys = new FoundObjects();
        foreach (var version in await target.Store.VersionsOfAsync(target.Keys, cancellation)) { keys.Add(version); }
        var may = await catalogue.ChangeAsync(async () =>
        {
            await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever places a hold at this moment waits, or is seen
            if (await catalogue.IsHeldAsync(target.Session, cancellation)) { return false; }

            var row = await catalogue.Purges.SingleAsync(p => p.Id == target.Purge, cancellation);
            if (row.KeysFrom is null)
            {
                Include(row, keys);
                (row.KeysFrom, row.Remaining) = (clock.GetUtcNow(), keys.All);
            }

            row.HeldSince = null;
            await catalogue.SaveChangesAsync(cancellation);
            await writing.CommitAsync(cancellation);
            return true;
        });
        if (!may) { return false; }

        if (await target.Store.DestroyNamedAsync(target.Keys, cancellation) == 0) { await SaveAsync(target, row => row.KeysDestroyedAt ??= clock.GetUtcNow(), cancellation); }
        return true;
    }

    private async Task<PurgeProgress> CountAsync(PurgeTarget target, CancellationToken cancellation)
    {
        var progress = await catalogue.Purges.AsNoTracking().SingleAsync(p => p.Id == target.Purge, cancellation);
        if (progress.CountedAt is not null) { return progress; }

        var found = await target.Store.CountAsync(target.Prefix, target.Keys.ToHashSet(StringComparer.Ordinal), cancellation);
        return await SaveAsync(target, row =>
        {
            if (row.CountedAt is not null) { return; } // another server counted, before it deleted

            Include(row, found);
            (row.CountedAt, row.Remaining) = (clock.GetUtcNow(), found.All + found.Uploads);
        }, cancellation);
    }

    private static void Include(PurgeProgress row, FoundObjects found)
    {
        row.Objects += found.Objects;
        row.Versions += found.Versions;
        row.DeleteMarkers += found.DeleteMarkers;
        row.Bytes += found.Bytes;
        row.Uploads += found.Uploads;
        if (found.First is { } first && (row.First is null || string.CompareOrdinal(first, row.First) < 0)) { row.First = first; }
        if (found.Last is { } last && (row.Last is null || string.CompareOrdinal(last, row.Last) > 0)) { row.Last = last; }
    }

    /// <returns>Null: something of what was looked at is not locked, and was not deleted all the same.</returns>
    private static async Task<Result.Locked?> LockOfAsync(IObjectStore store, FoundObjects found, CancellationToken cancellation)
    {
        List<ObjectLock> locks = [];
        foreach (var failed in found.Failures)
        {
            if (await store.FindLockAsync(failed.Version, cancellation) is not { } one) { return null; }
            locks.Add(one);
        }

        return new(found.All, locks.Exists(one => one.IsHeld) ? null : locks.Max(one => one.Until), locks.Where(one => !one.IsHeld).Min(one => one.Until));
    }

    private Task<PurgeProgress> SaveAsync(PurgeTarget target, Action<PurgeProgress> change, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var row = await catalogue.Purges.SingleAsync(p => p.Id == target.Purge, cancellation);
        change(row);
        await catalogue.SaveChangesAsync(cancellation);
        return row;
    });

    internal abstract record Result
    {
        private Result() { }

        /// <summary>Nothing is there any more.</summary>
        internal sealed record Empty(DateTimeOffset At) : Result;

        /// <summary>A legal hold keeps what is left.</summary>
        internal sealed record Held : Result;

        /// <summary>The bucket's Object Lock keeps what is left.</summary>
        /// <param name="Until">Until when at the latest, of those that were looked at; null: nobody knows.</param>
        /// <param name="First">When the first of them can be deleted; null: nobody knows.</param>
        internal sealed record Locked(long Count, DateTimeOffset? Until, DateTimeOffset? First) : Result;
    }
}

/// <summary>What is destroyed.</summary>
/// <param name="Purge">Number of its <see cref="PurgeProgress"/>.</param>
/// <param name="Keys">Names of the key files below the prefix.</param>
internal sealed record PurgeTarget(Guid Purge, Guid Session, IObjectStore Store, string Prefix, IReadOnlyList<string> Keys);
