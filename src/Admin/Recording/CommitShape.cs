using SecureRecorder.Admin.Locations;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recording;

/// <summary>Whether a commit is well formed, before anything is looked up.</summary>
internal static class CommitShape
{
    private const int MostSegments = 512;
    private const int MostGaps = 10_000;
    private const double LongestSession = 7 * 24 * 3600;

    /// <summary>What is wrong, naming the thing, its value and the limit; or null.</summary>
    public static string? Error(CommitRequest request)
    {
        if (request.Segments is not { Count: > 0 and <= MostSegments }) { return $"It has {request.Segments?.Count ?? 0} segments; 1 to {MostSegments} may be committed at once."; }
        if (request.Gaps is null || request.Gaps.Count > MostGaps) { return $"It has {request.Gaps?.Count ?? 0} gaps; at most {MostGaps} may be given, and the list must be there."; }
        if (request.Checkpoint is null) { return "Its checkpoint is missing."; }
        if (!IsMediaType(request.Track, request.MediaType)) { return $"'{request.MediaType}' is not a media type of track '{request.Track}' (FORMAT.md §6)."; }
        if (request.First < 0 || request.First + request.Segments.Count - 1 > SegmentContext.MaximumIndex) { return $"Its first index is {request.First}; indexes go from 0 to {SegmentContext.MaximumIndex}."; }

        for (var i = 0; i < request.Segments.Count; i++)
        {
            if (Error(request.Segments[i], request.First + i) is { } error) { return error; }
        }

        foreach (var gap in request.Gaps)
        {
            if (gap is null || !GapReason.IsKnown(gap.Reason)) { return $"'{gap?.Reason}' is not a reason for a gap (FORMAT.md §5)."; }
            if (!IsTime(gap.Start) || !IsTime(gap.Duration)) { return $"A gap at {gap.Start} s of {gap.Duration} s is not within a session; times go from 0 to {LongestSession} s."; }
        }

        return null;
    }

    private static string? Error(ManifestSegment? segment, long expected)
    {
        if (segment is null || segment.Index != expected) { return $"Segment {expected} is missing: {segment?.Index} follows."; }
        if (segment.Size is < ChunkLayout.HeaderLength + ChunkLayout.TagLength or > UploadEndpoint.LimitInBytes)
        {
            return $"Segment {expected} has {segment.Size} bytes; a sealed segment has {ChunkLayout.HeaderLength + ChunkLayout.TagLength} to {UploadEndpoint.LimitInBytes}.";
        }

        if (!IsTime(segment.Start) || !IsTime(segment.Duration)) { return $"Segment {expected} is at {segment.Start} s for {segment.Duration} s; times go from 0 to {LongestSession} s."; }
        if (segment.Sha256 is null) { return $"The digest of segment {expected} is missing."; }

        try
        {
            segment.Digest();
            return null;
        }
        catch (TrackAlteredException malformed)
        {
            return malformed.Message;
        }
    }

    private static bool IsMediaType(string track, string? type) => type is { Length: > 0 and <= 80 } && track switch
    {
        "video" => type.StartsWith("video/mp4", StringComparison.Ordinal),
        "thumbnails" => type is "image/webp" or "image/jpeg",
        _ => type is "application/jsonl",
    };

    private static bool IsTime(double seconds) => seconds is >= 0 and <= LongestSession;
}
