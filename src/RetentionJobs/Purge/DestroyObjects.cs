using System.Runtime.CompilerServices;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes all below a prefix in one stream, in bulk: the store lists on while it deletes, and no more than two batches are in memory.</summary>
public static class DestroyObjects
{
    /// <summary>Versions a call: what S3 takes at most.</summary>
    internal const int BatchSize = 1000;

    internal const int Passes = 5;

    /// <summary>Key files first, then everything, until a listing is empty. Idempotent: killed at any point, it ends the same when it runs again.</summary>
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public static async Task DestroyAsync(this IObjectStore store, string prefix, CancellationToken cancellation)
    {
        var keys = await store.VersionsOfAsync([prefix + TrackObjects.KeyFile], cancellation);
        if (keys.Count > 0) { await store.DeleteAsync(keys, cancellation); }

        for (var pass = 1; ; pass++)
        {
            var found = new FoundObjects();
            await foreach (var batch in store.ListBatchesAsync(prefix, cancellation)) { found.Add(batch, await store.DeleteAsync(batch, cancellation)); }
            await foreach (var upload in store.ListUnfinishedUploadsAsync(prefix, cancellation))
            {
                found.Uploads++;
                await store.AbortAsync(upload, cancellation);
            }

            if (found.IsEmpty) { return; }
            if (pass == Passes) { throw Remaining(prefix, found); }
        }
    }

    /// <summary>Every version of these objects, and their delete markers.</summary>
    internal static async Task<IReadOnlyList<ObjectVersion>> VersionsOfAsync(this IObjectStore store, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        List<ObjectVersion> versions = [];
        foreach (var name in names)
        {
            await foreach (var version in store.ListVersionsAsync(name, cancellation)) { if (version.Name == name) { versions.Add(version); } }
        }

        return versions;
    }

    /// <summary>Every version and delete marker below a prefix, in batches of a call's size; the next one is read while this one is deleted. No name is in two batches, unless it has more versions than a batch.</summary>
    internal static async IAsyncEnumerable<IReadOnlyList<ObjectVersion>> ListBatchesAsync(this IObjectStore store, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var listing = store.ListVersionsAsync(prefix, cancellation).GetAsyncEnumerator(cancellation);
        List<ObjectVersion> begun = [];
        var next = ReadAsync();
        try
        {
            while (await next is { Count: > 0 } batch)
            {
                next = ReadAsync();
                yield return batch;
            }
        }
        finally
        {
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default); // the listing is not closed while it reads
        }

        async Task<List<ObjectVersion>> ReadAsync()
        {
            var batch = begun;
            begun = [];
            while (await listing.MoveNextAsync())
            {
                if (batch.Count < BatchSize)
                {
                    batch.Add(listing.Current);
                    continue;
                }

                begun = [.. batch.FindAll(version => version.Name == listing.Current.Name), listing.Current];
                if (begun.Count > BatchSize) { begun = [listing.Current]; } else { batch.RemoveRange(BatchSize - (begun.Count - 1), begun.Count - 1); }
                break;
            }

            return batch;
        }
    }

    /// <summary>Counts what lies below a prefix.</summary>
    internal static async Task<FoundObjects> CountAsync(this IObjectStore store, string prefix, CancellationToken cancellation)
    {
        var found = new FoundObjects();
        await foreach (var version in store.ListVersionsAsync(prefix, cancellation)) { found.Add(version); }
        await foreach (var _ in store.ListUnfinishedUploadsAsync(prefix, cancellation)) { found.Uploads++; }
        return found;
    }

    internal static ObjectStoreException Remaining(string prefix, FoundObjects found) =>
        new(found.Failures is [var failed, ..] ? $"{found.FailedCount} objects remain; '{failed.Version.Name}': {failed.Reason}" : $"Objects keep appearing below '{prefix}'.");
}

/// <summary>What a listing had, counted as it went by.</summary>
internal sealed class FoundObjects
{
    private const int MostFailures = 20;
    private string? last;

    public long Objects { get; private set; }
    public long Versions { get; private set; }
    public long DeleteMarkers { get; private set; }
    public long Bytes { get; private set; }
    public long Uploads { get; set; }
    public string? First { get; private set; }
    public string? Last { get; private set; }

    /// <summary>Versions and delete markers that the store did not delete.</summary>
    public long FailedCount { get; private set; }

    /// <summary>The first of them, with the store's reasons.</summary>
    public List<FailedDelete> Failures { get; } = [];

    /// <summary>Versions and delete markers.</summary>
    public long All => Versions + DeleteMarkers;

    public bool IsEmpty => All == 0 && Uploads == 0;

    public static FoundObjects Of(IEnumerable<ObjectVersion> versions)
    {
        var found = new FoundObjects();
        foreach (var version in versions) { found.Add(version); }
        return found;
    }

    public void Add(ObjectVersion version)
    {
        if (version.Name != last) { (Objects, last) = (Objects + 1, version.Name); }
        if (version.IsDeleteMarker) { DeleteMarkers++; } else { (Versions, Bytes) = (Versions + 1, Bytes + version.Size); }
        if (First is null || string.CompareOrdinal(version.Name, First) < 0) { First = version.Name; }
        if (Last is null || string.CompareOrdinal(version.Name, Last) > 0) { Last = version.Name; }
    }

    public void Add(IReadOnlyList<ObjectVersion> batch, IReadOnlyList<FailedDelete> failures)
    {
        foreach (var version in batch) { Add(version); }
        FailedCount += failures.Count;
        Failures.AddRange(failures.Take(MostFailures - Failures.Count));
    }
}
