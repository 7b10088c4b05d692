using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Chat;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Operation.Api;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>What the player asks for. Every request is checked, nothing may be cached, nothing altered is sent.</summary>
internal static class ReplayEndpoints
{
    /// <summary>Beside those of who may not: not there, its key gone, altered, the bucket away.</summary>
    private static readonly int[] Refusals = [404, 410, 422, 503];

    public static void MapReplay(this IEndpointRouteBuilder routes)
    {
        routes.MapReplayPages();
        var replay = routes.MapGroup("/api/replay/{grant:guid}").RequireAuthorization(Policies.Members).AddEndpointFilter(RefuseWhatCannotBeShownAsync).WithTags("replay");
        replay.MapGet("", DescribeAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replay", "What the player needs to draw its timeline", Refusals).Produces<ReplayDescription>();
        replay.MapGet("video.m3u8", PlaylistAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replayPlaylist", "The video as an HLS playlist", Refusals).Produces<string>(contentType: "application/vnd.apple.mpegurl");
        replay.MapGet("video/init.mp4", InitAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replayInit", "The initialization of the video", Refusals).Produces<Stream>(contentType: "video/mp4");
        replay.MapGet("video/{first:long}.m4s", GroupAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replayGroup", "The group of segments that begins with this one, which is a key frame", Refusals).Produces<Stream>(contentType: "video/mp4");
        replay.MapGet("video/part-{index:long}.m4s", PartAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replayPart", "One segment of the video", Refusals).Produces<Stream>(contentType: "video/mp4");
        replay.MapGet("events", EventsAsync).WithMetadata(new Reads(TrackName.Video)).Describe("replayEvents", "What happened while it was recorded", Refusals).Produces<IReadOnlyList<SessionEvent>>();
        replay.MapGet("thumbnails/{index:long}.webp", ThumbnailAsync).WithMetadata(new Reads(TrackName.Thumbnails)).Describe("replayThumbnail", "One thumbnail", Refusals).Produces<Stream>(contentType: "image/webp");
        replay.MapGet("chat", ChatAsync).WithMetadata(new Reads(TrackName.Chat)).Describe("replayChat", "The chat from its first line, or what followed so many segments", Refusals).Produces<ReplayedChat>();
    }

    private static async Task<JsonHttpResult<ReplayDescription>> DescribeAsync(
        HttpContext http, ReplayTracks tracks, CatalogueDb catalogue, TimeProvider clock, CancellationToken cancellation)
    {
        var replay = Granted(http);
        using var video = await tracks.BorrowAsync(replay.Grant.Id, replay.Session, TrackName.Video, catalogue, cancellation);
        var rows = await catalogue.Tracks.AsNoTracking().Where(t => t.Session == replay.Session.Id).ToListAsync(cancellation);
        IReadOnlyList<ThumbnailPlace> thumbnails = [];
        if (rows.Any(t => t.Name == TrackName.Thumbnails.Value && t.PurgeBeganAt is null))
        {
            using var track = await tracks.BorrowAsync(replay.Grant.Id, replay.Session, TrackName.Thumbnails, catalogue, cancellation);
            thumbnails = [.. track.Track.Segments.Select(s => new ThumbnailPlace(s.Index, s.Start))];
        }

        return TypedResults.Json(ReplayDescription.Of(replay.Session, rows.First(t => t.Name == TrackName.Video.Value), video.Track, thumbnails, clock.GetUtcNow()));
    }

    /// <param name="parts">One entry a segment, as long as somebody watches it live: a group that is not over yet would come too late.</param>
    private static async Task<ContentHttpResult> PlaylistAsync(HttpContext http, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation, bool parts = false)
    {
        var replay = Granted(http);
        using var video = await tracks.BorrowAsync(replay.Grant.Id, replay.Session, TrackName.Video, catalogue, cancellation);
        var live = video.Track.Manifest is null && ReplayDescription.IsLive(replay.Session);
        return TypedResults.Text(VideoPlaylist.Write(video.Track.Segments, live, parts), "application/vnd.apple.mpegurl");
    }

    private static Task<IResult> InitAsync(HttpContext http, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation) =>
        SegmentsAsync(http, tracks, catalogue, TrackName.Video, _ => [0], "video/mp4", cancellation);

    private static Task<IResult> GroupAsync(HttpContext http, long first, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation) =>
        SegmentsAsync(http, tracks, catalogue, TrackName.Video, segments =>
        {
            var group = VideoPlaylist.Groups(segments).FirstOrDefault(g => g.First == first);
            return group is null ? [] : [.. Enumerable.Range((int)group.First, (int)(group.Last - group.First + 1)).Select(i => (long)i)];
        }, "video/mp4", cancellation);

    private static Task<IResult> PartAsync(HttpContext http, long index, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation) =>
        SegmentsAsync(http, tracks, catalogue, TrackName.Video, segments => index > 0 && index < segments.Count ? [index] : [], "video/mp4", cancellation);

    private static async Task<JsonHttpResult<IReadOnlyList<SessionEvent>>> EventsAsync(HttpContext http, CatalogueDb catalogue, CancellationToken cancellation) =>
        TypedResults.Json(await SessionEvents.OfAsync(catalogue, Granted(http).Session, cancellation));

    private static Task<IResult> ThumbnailAsync(HttpContext http, long index, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation) =>
        SegmentsAsync(http, tracks, catalogue, TrackName.Thumbnails, segments => index >= 0 && index < segments.Count ? [index] : [], "image/webp", cancellation);

    /// <summary>The chat from its first line, or what followed these segments.</summary>
    private static async Task<IResult> ChatAsync(HttpContext http, ReplayTracks tracks, CatalogueDb catalogue, CancellationToken cancellation, long after = 0)
    {
        var replay = Granted(http);
        if (!await catalogue.Tracks.AnyAsync(t => t.Session == replay.Session.Id && t.Name == TrackName.Chat.Value, cancellation)) { return TypedResults.Json(new ReplayedChat(0, [])); }

        using var loan = await tracks.BorrowAsync(replay.Grant.Id, replay.Session, TrackName.Chat, catalogue, cancellation);
        var lines = new List<ChatLine>();
        foreach (var segment in loan.Track.Segments.Skip((int)Math.Clamp(after, 0, int.MaxValue)))
        {
            lines.AddRange(ChatLine.Read(await loan.Track.ReadAsync(segment.Index, cancellation)));
        }

        return TypedResults.Json(new ReplayedChat(loan.Track.Segments.Count, lines));
    }

    private static async Task<IResult> SegmentsAsync(
        HttpContext http, ReplayTracks tracks, CatalogueDb catalogue, TrackName name,
        Func<IReadOnlyList<ManifestSegment>, long[]> choose, string mediaType, CancellationToken cancellation)
    {
        var replay = Granted(http);
        using var loan = await tracks.BorrowAsync(replay.Grant.Id, replay.Session, name, catalogue, cancellation);
        var chosen = choose(loan.Track.Segments);
        if (chosen.Length == 0) { return TypedResults.NotFound(); }

        // All of them are checked before the first byte is sent: what is altered is not played, and what follows it could not be.
        var plaintext = await Task.WhenAll(chosen.Select(index => loan.Track.ReadAsync(index, cancellation)));
        return TypedResults.Stream(async body =>
        {
            foreach (var segment in plaintext) { await body.WriteAsync(segment, cancellation); }
        }, mediaType);
    }

    /// <summary>Which track a route sends: a route that does not say is refused.</summary>
    private sealed record Reads(TrackName Track);

    private static GrantedReplay Granted(HttpContext http) => (GrantedReplay)http.Items[typeof(GrantedReplay)]!;

    private static async ValueTask<object?> RefuseWhatCannotBeShownAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        var access = http.RequestServices.GetRequiredService<ReplayAccess>();
        var granted = Guid.TryParse((string?)http.GetRouteValue("grant"), out var grant)
            ? await access.FindAsync(grant, http.User, http.RequestAborted)
            : null;
        if (granted is null) { return TypedResults.Problem("Open the session again and state a purpose.", statusCode: StatusCodes.Status404NotFound, title: "There is no such replay."); }

        var track = http.GetEndpoint()!.Metadata.GetRequiredMetadata<Reads>().Track;
        if (!await access.AllowsAsync(granted, track, http.RequestAborted))
        {
            return TypedResults.Problem($"Your right to this session is not to its {(track == TrackName.Chat ? "chat" : "video")}.", statusCode: StatusCodes.Status403Forbidden, title: "You may not see this.");
        }

        http.Items[typeof(GrantedReplay)] = granted;
        try
        {
            return await next(context);
        }
        catch (TrackAlteredException altered)
        {
            return TypedResults.Problem(altered.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Altered: this is not played.", type: "altered");
        }
        catch (TrackUnreadableException gone)
        {
            return TypedResults.Problem(gone.Message, statusCode: StatusCodes.Status410Gone, title: "Unreadable: its key is gone.", type: "unreadable");
        }
        catch (KeyServiceException away)
        {
            http.Response.Headers.RetryAfter = Faults.SecondsUntil(away).ToString("0");
            return TypedResults.Problem(Faults.KeyVaultIsAway.Detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: Faults.KeyVaultIsAway.Title, type: "keys");
        }
        catch (ObjectStoreException away)
        {
            return TypedResults.Problem(away.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The bucket does not answer.", type: "store");
        }
    }
}

/// <summary>What was written, in order.</summary>
/// <param name="Segments">Segments that this goes up to.</param>
internal sealed record ReplayedChat(int Segments, IReadOnlyList<ChatLine> Lines);
