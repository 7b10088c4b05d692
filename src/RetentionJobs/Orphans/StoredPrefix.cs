using System.Runtime.CompilerServices;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.RetentionJobs.Orphans;

/// <summary>What lies in a bucket under the name of one session.</summary>
/// <param name="Newest">When the last object of it was written.</param>
internal sealed record StoredPrefix(Guid Session, long Objects, long Bytes, DateTimeOffset Newest)
{
    private const string Root = "v1/";

    /// <summary>All of them, in the order of the ids. Names that are no session's are passed over.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public static async IAsyncEnumerable<StoredPrefix> ListAsync(IObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StoredPrefix? current = null;
        await foreach (var found in store.ListAsync(Root, startAfter: null, cancellation))
        {
            if (!Guid.TryParseExact(found.Name.AsSpan(Root.Length, Math.Max(0, found.Name.IndexOf('/', Root.Length) - Root.Length)), "D", out var session)) { continue; }

            if (current is not null && current.Session != session)
            {
                yield return current;
                current = null;
            }

            current = current is null ? new(session, 1, found.Size, found.ModifiedAt)
                : current with { Objects = current.Objects + 1, Bytes = current.Bytes + found.Size, Newest = found.ModifiedAt > current.Newest ? found.ModifiedAt : current.Newest };
        }

        if (current is not null) { yield return current; }
    }
}
