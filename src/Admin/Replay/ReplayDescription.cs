using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>What the player needs to draw its timeline. Times are seconds on the session's clock.</summary>
/// <param name="Status"><c>verified</c> (the manifest's signature and chain match; segments are checked as they play), <c>incomplete</c>, or <c>live</c>.</param>
/// <param name="Now">By the server's clock, so that a live viewer can be told how far behind the picture is.</param>
/// <param name="Groups">What one seek reads.</param>
internal sealed record ReplayDescription(
    string Status, bool Live, double Duration, DateTimeOffset Now, DateTimeOffset? StartedAt, string State, string MediaType,
    IReadOnlyList<VideoGroup> Groups, IReadOnlyList<Gap> Gaps, IReadOnlyList<ThumbnailPlace> Thumbnails)
{
    public static bool IsLive(RecordedSession session) => session.State is SessionState.Recording or SessionState.Paused or SessionState.Ending;

    public static ReplayDescription Of(RecordedSession session, RecordedTrack row, OpenTrack video, IReadOnlyList<ThumbnailPlace> thumbnails, DateTimeOffset now)
    {
        var groups = VideoPlaylist.Groups(video.Segments);
        var gaps = video.Manifest?.Gaps ?? row.ReadGaps();
        var end = groups.Count == 0 ? 0 : groups[^1].End;
        var live = video.Manifest is null && IsLive(session);
        return new(
            live ? "live" : video.Manifest is null ? "incomplete" : "verified", live,
            Math.Max(end, gaps.Count == 0 ? 0 : gaps.Max(g => g.Start + g.Duration)),
            now, video.Manifest?.StartedAt ?? session.StartedAt, session.State.ToString(), video.Manifest?.MediaType ?? row.MediaType, groups, gaps, thumbnails);
    }
}

/// <summary>A thumbnail's index and second.</summary>
internal sealed record ThumbnailPlace(long Index, double Start);
