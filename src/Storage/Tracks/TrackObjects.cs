using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Names of a track's objects in the bucket.</summary>
/// <remarks>Source: FORMAT.md §1. A location's own prefix is the store's business, not part of these names.</remarks>
public static class TrackObjects
{
    public const string KeyFile = "key.json";
    public const string Manifest = "manifest.jws";

    public static string Prefix(Guid session) => $"v1/{session:D}/";

    public static string Prefix(Guid session, TrackName track) => $"v1/{session:D}/{track}/";

    public static string NameOf(Guid session, TrackName track, string name) => Prefix(session, track) + name;

    public static string Segment(Guid session, TrackName track, long index) => Prefix(session, track) + SegmentName(index);

    /// <summary><c>00000000.seal</c> and so on.</summary>
    public static string SegmentName(long index) => $"{index:D8}.seal";

    /// <summary>Whether this is a name that a track's writer may put: its key file, its manifest or a segment.</summary>
    public static bool IsWritable(string? name) => name is KeyFile or Manifest || TryParseSegment(name, out _);

    /// <summary>Reads <c>00000012.seal</c>, or the last part of a name that ends so.</summary>
    public static bool TryParseSegment(string? name, out long index)
    {
        index = -1;
        var last = name.AsSpan()[((name ?? "").LastIndexOf('/') + 1)..];
        return last.Length == 13 && last.EndsWith(".seal", StringComparison.Ordinal)
            && last[..8].IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(last[..8], out index);
    }
}
