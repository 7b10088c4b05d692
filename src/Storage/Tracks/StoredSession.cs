using System.Runtime.CompilerServices;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>What the bucket holds under the name of one session: all that there is to know of it when the catalogue is lost.</summary>
/// <param name="Objects">In order of their names; exports, which are no part of the recording, are left out.</param>
/// <remarks>Source: FORMAT.md §1.</remarks>
public sealed record StoredSession(Guid Id, IReadOnlyList<ObjectInfo> Objects)
{
    private const string Root = "v1/";

    /// <summary>Its tracks, the consent first.</summary>
    public IReadOnlyList<TrackName> Tracks =>
        [.. Objects.Select(TrackOf).Distinct(StringComparer.Ordinal).OrderBy(track => track != TrackName.Consent.Value).ThenBy(track => track, StringComparer.Ordinal).Select(track => new TrackName(track))];

    /// <summary>Segments of a track that has no manifest, from the first one to the first hole; their digests nobody signed. Start and duration are not known.</summary>
    public IReadOnlyList<ManifestSegment> FoundSegments(TrackName track) =>
        [.. SegmentsOf(track).TakeWhile((found, place) => found.Index == place).Select(found => new ManifestSegment(found.Index, found.Size, Sha256: "", 0, 0, Key: false))];

    /// <summary>Index and size in bytes of each segment object of a track, in order.</summary>
    public IEnumerable<(long Index, long Size)> SegmentsOf(TrackName track)
    {
        var prefix = TrackObjects.Prefix(Id, track);
        foreach (var found in Objects)
        {
            if (found.Name.StartsWith(prefix, StringComparison.Ordinal) && TrackObjects.TryParseSegment(found.Name, out var index)) { yield return (index, found.Size); }
        }
    }

    /// <summary>All sessions of a bucket, in the order of their ids, one after the other. Names that are no session's are passed over.</summary>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public static IAsyncEnumerable<StoredSession> ListAsync(IObjectStore store, CancellationToken cancellation) => GroupAsync(store.ListAsync(Root, startAfter: null, cancellation), cancellation);

    /// <summary>One session; null: nothing lies there.</summary>
    /// <inheritdoc cref="ListAsync" path="/exception"/>
    public static async Task<StoredSession?> FindAsync(IObjectStore store, Guid session, CancellationToken cancellation)
    {
        await foreach (var found in GroupAsync(store.ListAsync(TrackObjects.Prefix(session), startAfter: null, cancellation), cancellation)) { return found; }
        return null;
    }

    private static async IAsyncEnumerable<StoredSession> GroupAsync(IAsyncEnumerable<ObjectInfo> objects, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (current, gathered) = (Guid.Empty, new List<ObjectInfo>());
        await foreach (var found in objects.WithCancellation(cancellation))
        {
            if (SessionOf(found.Name) is not { } session || !TrackName.IsValid(TrackOf(found)) || ExportTrack.IsOne(TrackOf(found))) { continue; }

            if (session != current && gathered.Count > 0)
            {
                yield return new(current, gathered);
                gathered = [];
            }

            current = session;
            gathered.Add(found);
        }

        if (gathered.Count > 0) { yield return new(current, gathered); }
    }

    private static Guid? SessionOf(string name) =>
        name.Split('/') is [_, var id, _, _] && Guid.TryParseExact(id, "D", out var session) && id == session.ToString("D") ? session : null;

    private static string TrackOf(ObjectInfo found) => found.Name.Split('/') is [_, _, var track, _] ? track : "";
}
