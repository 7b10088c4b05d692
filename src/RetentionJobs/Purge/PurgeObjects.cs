using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Destroys the objects of a purge that has begun, as far as nothing keeps them: keys, then everything in one stream, then a listing that is empty.</summary>
/// <remarks>Every batch is in <see cref="PurgeProgress"/> before it is deleted: killed at any point, the next run goes on there, and counts what was done. A legal hold is looked for before the keys, and before every batch.</remarks>
public sealed class PurgeObjects(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>So long somebody has a purge alone after the last batch that they began.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    internal async Task<Result> RunAsync(PurgeTarget target, CancellationToken cancellation)
    {
        await SettleAsync(target, cancellation);
        if (!await DestroyKeysAsync(target, cancellation)) { return new Result.Held(); }

        for (var pass = 1; ; pass++)
        {
            if (await DestroyOnceAsync(target, cancellation) is not { } found) { return new Result.Held(); }
            if (found.IsEmpty)
            {
                var at = clock.GetUtcNow();
                await SaveAsync(target, row => (row.Remaining, row.Locked, row.LockedUntil, row.NotBefore, row.LeaseUntil) = (0, 0, null, null, null), cancellation);
                return new Result.Empty(at);
            }

            if (found.FailedCount == found.All && found.Uploads == 0 && await LockOfAsync(target.Store, found, cancellation) is { } locked) { return locked; }
            if (pass == DestroyObjects.Passes || (found.FailedCount == found.All && found.All > 0)) { throw DestroyObjects.Remaining(target.Prefix, found); }
        }
    }

    /// <summary>A batch was begun and the server killed: what of it is not there any more was deleted.</summary>
    internal async Task<PurgeProgress> SettleAsync(PurgeTarget target, CancellationToken cancellation)
    {
        var row = await catalogue.Purges.AsNoTracking().SingleAsync(p => p.Id == target.Purge, cancellation);
        if (row is { PendingVersions: 0, PendingDeleteMarkers: 0, PendingUploads: 0 }) { return row; }

        var left = row.PendingLast is null ? FoundObjects.Of(await target.Store.VersionsOfAsync(target.Keys, cancellation)) : new();
        if (row.PendingLast is not null)
        {
            await foreach (var version in target.Store.ListVersionsAsync(target.Prefix, cancellation))
            {
                if (string.CompareOrdinal(version.Name, row.PendingLast) > 0) { break; }
                if (string.CompareOrdinal(version.Name, row.PendingFirst) >= 0) { left.Add(version); }
            }
        }

        await foreach (var _ in target.Store.ListUnfinishedUploadsAsync(target.Prefix, cancellation)) { left.Uploads++; }
        return await SaveAsync(target, pending => Settle(pending, left), cancellation);
    }

    /// <summary>From the moment that this is saved nothing can be taken back, and a hold comes too late for the keys.</summary>
    /// <returns>False: a hold was faster.</returns>
    private async Task<bool> DestroyKeysAsync(PurgeTarget target, CancellationToken cancellation)
    {
        var keys = await target.Store.VersionsOfAsync(target.Keys, cancellation);
        var found = FoundObjects.Of(keys);
        var progress = await catalogue.ChangeAsync(async () =>
        {
            await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever places a hold at this moment waits, or is seen
            if (await catalogue.IsHeldAsync(target.Session, cancellation)) { return null; }

            var row = await catalogue.Purges.SingleAsync(p => p.Id == target.Purge, cancellation);
            (row.KeysFrom, row.HeldSince) = (row.KeysFrom ?? clock.GetUtcNow(), null);
            if (row.KeysDestroyedAt is null) { Begin(row, found, isRange: false); }
            await catalogue.SaveChangesAsync(cancellation);
            await writing.CommitAsync(cancellation);
            return row;
        });
        if (progress is null) { return false; }
        if (progress.KeysDestroyedAt is not null) { return true; }

        var failed = keys.Count == 0 ? [] : await target.Store.DeleteAsync(keys, cancellation);
        await SaveAsync(target, row =>
        {
            Settle(row, FoundObjects.Of(failed.Select(one => one.Version)));
            if (failed.Count == 0) { row.KeysDestroyedAt ??= clock.GetUtcNow(); }
        }, cancellation);
        return true;
    }

    /// <returns>Null: a hold keeps what is left.</returns>
    private async Task<FoundObjects?> DestroyOnceAsync(PurgeTarget target, CancellationToken cancellation)
    {
        var (all, left) = (new FoundObjects(), new FoundObjects());
        await foreach (var batch in target.Store.ListBatchesAsync(target.Prefix, cancellation))
        {
            if (!await BeginAsync(target, left, FoundObjects.Of(batch), cancellation)) { return null; }

            var failures = await target.Store.DeleteAsync(batch, cancellation);
            left = FoundObjects.Of(failures.Select(failed => failed.Version));
            all.Add(batch, failures);
        }

        await foreach (var uploads in target.Store.ListUnfinishedUploadsAsync(target.Prefix, cancellation).Chunk(DestroyObjects.BatchSize).WithCancellation(cancellation))
        {
            if (!await BeginAsync(target, left, new() { Uploads = uploads.Length }, cancellation)) { return null; }

            foreach (var upload in uploads) { await target.Store.AbortAsync(upload, cancellation); }
            left = new();
            all.Uploads += uploads.Length;
        }

        if (!all.IsEmpty) { await SaveAsync(target, row => Settle(row, left), cancellation); }
        return all;
    }

    /// <summary>Before a batch is deleted: the one before it is counted, but for what is left of that, and this one stands as begun.</summary>
    /// <returns>False: a hold was faster.</returns>
    private async Task<bool> BeginAsync(PurgeTarget target, FoundObjects left, FoundObjects batch, CancellationToken cancellation)
    {
        var held = await catalogue.IsHeldAsync(target.Session, cancellation);
        await SaveAsync(target, row =>
        {
            Settle(row, left);
            if (!held) { Begin(row, batch, isRange: batch.All > 0); }
        }, cancellation);
        return !held;
    }

    private void Begin(PurgeProgress row, FoundObjects batch, bool isRange)
    {
        (row.PendingObjects, row.PendingVersions, row.PendingDeleteMarkers, row.PendingBytes, row.PendingUploads) = (batch.Objects, batch.Versions, batch.DeleteMarkers, batch.Bytes, batch.Uploads);
        (row.PendingFirst, row.PendingLast) = isRange ? (batch.First, batch.Last) : (null, null);
        if (batch.First is { } first && (row.First is null || string.CompareOrdinal(first, row.First) < 0)) { row.First = first; }
        if (batch.Last is { } last && (row.Last is null || string.CompareOrdinal(last, row.Last) > 0)) { row.Last = last; }
        row.LeaseUntil = clock.GetUtcNow() + Lease;
    }

    /// <summary>What was begun is done, but for what is left of it.</summary>
    private static void Settle(PurgeProgress row, FoundObjects left)
    {
        row.Objects += Math.Max(0, row.PendingObjects - left.Objects);
        row.Versions += Math.Max(0, row.PendingVersions - left.Versions);
        row.DeleteMarkers += Math.Max(0, row.PendingDeleteMarkers - left.DeleteMarkers);
        row.Bytes += Math.Max(0, row.PendingBytes - left.Bytes);
        row.Uploads += Math.Max(0, row.PendingUploads - left.Uploads);
        (row.PendingObjects, row.PendingVersions, row.PendingDeleteMarkers, row.PendingBytes, row.PendingUploads, row.PendingFirst, row.PendingLast) = (0, 0, 0, 0, 0, null, null);
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
