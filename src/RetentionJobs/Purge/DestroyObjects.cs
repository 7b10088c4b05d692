using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>Deletes all below a prefix and proves it: keys first, then every version of every object, then a listing that is empty.</summary>
public static class DestroyObjects
{
    private const int Passes = 5;

    /// <summary>Idempotent: killed at any point, it ends the same when it runs again.</summary>
    /// <exception cref="ObjectStoreException">The store did not delete all of it: the next run goes on.</exception>
    public static async Task DestroyAsync(this IObjectStore store, string prefix, CancellationToken cancellation)
    {
        for (var pass = 1; ; pass++)
        {
            var versions = new List<ObjectVersion>();
            await foreach (var version in store.ListVersionsAsync(prefix, cancellation)) { versions.Add(version); }
            var uploads = new List<UnfinishedUpload>();
            await foreach (var upload in store.ListUnfinishedUploadsAsync(prefix, cancellation)) { uploads.Add(upload); }
            if (versions.Count == 0 && uploads.Count == 0) { return; }

            // Without its key a track is unreadable at once, whatever happens to the rest.
            var keys = versions.Where(version => version.Name.EndsWith('/' + TrackObjects.KeyFile, StringComparison.Ordinal)).ToList();
            var remaining = keys.Count == 0 ? [] : await store.DeleteAsync(keys, cancellation);
            var others = versions.Except(keys).ToList();
            if (others.Count > 0) { remaining = [.. remaining, .. await store.DeleteAsync(others, cancellation)]; }
            foreach (var upload in uploads) { await store.AbortAsync(upload, cancellation); }
            if (pass == Passes) { throw new ObjectStoreException(remaining is [var failed, ..] ? $"{remaining.Count} objects remain; '{failed.Version.Name}': {failed.Reason}" : $"Objects keep appearing below '{prefix}'."); }
        }
    }
}
