using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes all below a prefix in one stream, in bulk: the store lists on while it deletes, and no more than two batches are in memory.</summary>
public static class DestroyObjects
{
    /// <summary>Versions a call: what S3 takes at most.</summary>
    internal const int BatchSize = 1000;

    private const int Passes = 5;
    private const int MostFailures = 20;

    /// <summary>Key files first, then everything, until a listing is empty. Idempotent: killed at any point, it ends the same when it runs again.</summary>
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public static async Task DestroyAsync(this IObjectStore store, string prefix, CancellationToken cancellation)
    {
        await store.DestroyNamedAsync([prefix + TrackObjects.KeyFile], cancellation);
        for (var pass = 1; await store.DestroyOnceAsync(prefix, () => Task.FromResult(true), cancellation) is { IsEmpty: false } found; pass++)
        {
            if (pass == Passes) { throw Remaining(prefix, found); }
        }
    }

    /// <summary>Every version of these objects.</summary>
    /// <returns>How many remain.</returns>
    internal static async Task<int> DestroyNamedAsync(this IObjectStore store, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var versions = await store.VersionsOfAsync(names, cancellation);
        return versions.Count == 0 ? 0 : (await store.DeleteAsync(versions, cancellation)).Count;
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

    /// <summary>One pass over everything below a prefix, also unfinished uploads.</summary>
    /// <param name="mayGoOn">Asked before every batch; false: nothing more is deleted.</param>
    internal static async Task<FoundObjects> DestroyOnceAsync(this IObjectStore store, string prefix, Func<Task<bool>> mayGoOn, CancellationToken cancellation)
    {
        var found = new FoundObjects();
        await using var listing = store.ListVersionsAsync(prefix, cancellation).GetAsyncEnumerator(cancellation);
        var next = ReadAsync(listing);
        try
        {
            while (await next is { Count: > 0 } batch)
            {
                next = ReadAsync(listing);
                if (!await mayGoOn()) { return found with { WasStopped = true }; }

                foreach (var version in batch) { found.Add(version); }
                var failures = await store.DeleteAsync(batch, cancellation);
                found.FailedCount += failures.Count;
                found.Failures.AddRange(failures.Take(MostFailures - found.Failures.Count));
            }
        }
        finally
        {
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default); // the listing is not closed while it reads
        }

        await foreach (var upload in store.ListUnfinishedUploadsAsync(prefix, cancellation))
        {
            if (!await mayGoOn()) { return found with { WasStopped = true }; }

            found.Uploads++;
            await store.AbortAsync(upload, cancellation);
        }

        return found;
    }

    /// <summary>Counts what lies below a prefix.</summary>
    /// <param name="except">Names that are not counted.</param>
    internal static async Task<FoundObjects> CountAsync(this IObjectStore store, string prefix, IReadOnlySet<string> except, CancellationToken cancellation)
    {
        var found = new FoundObjects();
        await foreach (var version in store.ListVersionsAsync(prefix, cancellation)) { if (!except.Contains(version.Name)) { found.Add(version); } }
        await foreach (var _ in store.ListUnfinishedUploadsAsync(prefix, cancellation)) { found.Uploads++; }
        return found;
    }

    internal static ObjectStoreException Remaining(string prefix, FoundObjects found) =>
        new(found.Failures is [var failed, ..] ? $"{found.FailedCount} objects remain; '{failed.Version.Name}': {failed.Reason}" : $"Objects keep appearing below '{prefix}'.");

    private static async Task<List<ObjectVersion>> ReadAsync(IAsyncEnumerator<ObjectVersion> listing)
    {
        List<ObjectVersion> batch = [];
        while (batch.Count < BatchSize && await listing.MoveNextAsync()) { batch.Add(listing.Current); }
        return batch;
    }
}

/// <summary>What a listing had, counted as it went by.</summary>
internal sealed record FoundObjects
{
    private string? last;

    public long Objects { get; private set; }
    public long Versions { get; private set; }
    public long DeleteMarkers { get; private set; }
    public long Bytes { get; private set; }
    public long Uploads { get; set; }
    public string? First { get; private set; }
    public string? Last { get; private set; }

    /// <summary>Versions and delete markers that the store did not delete.</summary>
    public long FailedCount { get; set; }

    /// <summary>The first of them, with the store's reasons.</summary>
    public List<FailedDelete> Failures { get; } = [];

    /// <summary>It was not gone through to its end.</summary>
    public bool WasStopped { get; init; }

    /// <summary>Versions and delete markers.</summary>
    public long All => Versions + DeleteMarkers;

    public bool IsEmpty => All == 0 && Uploads == 0;

    public void Add(ObjectVersion version)
    {
        if (version.Name != last) { (Objects, last) = (Objects + 1, version.Name); }
        if (version.IsDeleteMarker) { DeleteMarkers++; } else { (Versions, Bytes) = (Versions + 1, Bytes + version.Size); }
        if (First is null || string.CompareOrdinal(version.Name, First) < 0) { First = version.Name; }
        if (Last is null || string.CompareOrdinal(version.Name, Last) > 0) { Last = version.Name; }
    }
}
