using System.Globalization;
using System.Text;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>A video track as an HLS playlist: one entry for each group of segments that starts with a key frame, so that a seek reads one group.</summary>
/// <remarks>Source: RFC 8216; FORMAT.md §6. Media time is the session's clock, so a stretch that was not recorded is an <c>EXT-X-GAP</c> entry.</remarks>
internal static class VideoPlaylist
{
    /// <summary>Seconds below which two groups count as adjacent: a frame's length and rounding.</summary>
    private const double Adjacent = 0.25;

    /// <summary>The groups of a video track, in order. Segment 0, the initialization, is in none.</summary>
    public static IReadOnlyList<VideoGroup> Groups(IReadOnlyList<ManifestSegment> segments)
    {
        var groups = new List<VideoGroup>();
        for (var i = 1; i < segments.Count; i++)
        {
            var segment = segments[i];
            var end = segment.Start + segment.Duration;
            if (segment.Key || groups.Count == 0)
            {
                groups.Add(new(segment.Index, segment.Index, segment.Start, end));
            }
            else
            {
                groups[^1] = groups[^1] with { Last = segment.Index, End = end };
            }
        }

        return groups;
    }

    /// <summary>Seconds of a gap's entry in a playlist of parts: the longest entry says how often a live playlist is read again.</summary>
    private const double GapPart = 5;

    /// <summary>The playlist's text. A live one has no end yet.</summary>
    /// <param name="parts">One entry a segment instead of a group: whoever plays it begins at a key frame.</param>
    public static string Write(IReadOnlyList<ManifestSegment> segments, bool live, bool parts)
    {
        IReadOnlyList<VideoGroup> groups = parts ? [.. segments.Skip(1).Select(s => new VideoGroup(s.Index, s.Index, s.Start, s.Start + s.Duration))] : Groups(segments);
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:8\n").Append(parts ? "" : "#EXT-X-INDEPENDENT-SEGMENTS\n");
        var longest = 1.0;
        var entries = new StringBuilder();
        var at = 0.0;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            if (group.Start - at > Adjacent)
            {
                for (var (from, part) = (at, 0); from < group.Start; part++)
                {
                    var to = parts && group.Start - from > GapPart ? from + GapPart : group.Start;
                    longest = Math.Max(longest, to - from);
                    entries.Append(CultureInfo.InvariantCulture, $"#EXT-X-GAP\n#EXTINF:{to - from:F3},\nvideo/gap-{group.First}-{part}.m4s\n");
                    from = to;
                }
            }

            // An entry lasts until the next one where they touch, so that rounding does not add up.
            var end = i + 1 < groups.Count && groups[i + 1].Start - group.End <= Adjacent ? groups[i + 1].Start : group.End;
            longest = Math.Max(longest, end - group.Start);
            entries.Append(CultureInfo.InvariantCulture, $"#EXTINF:{Math.Max(end - group.Start, 0.001):F3},\nvideo/{(parts ? "part-" : "")}{group.First}.m4s\n");
            at = end;
        }

        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{Math.Ceiling(longest):F0}\n#EXT-X-PLAYLIST-TYPE:{(live ? "EVENT" : "VOD")}\n");
        text.Append("#EXT-X-MAP:URI=\"video/init.mp4\"\n").Append(entries);
        return live ? text.ToString() : text.Append("#EXT-X-ENDLIST\n").ToString();
    }
}

/// <summary>Segments <paramref name="First"/> to <paramref name="Last"/>; seconds on the session's clock.</summary>
internal sealed record VideoGroup(long First, long Last, double Start, double End);
