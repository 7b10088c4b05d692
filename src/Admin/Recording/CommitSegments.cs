using System.Buffers.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recording;

/// <summary>Takes the recorder's word that segments are in the bucket, after looking: order, digests, sizes, chain, checkpoint, and the objects themselves.</summary>
/// <remarks>Idempotent: what is committed already may be sent again, unchanged. Nothing is half committed.</remarks>
internal sealed class CommitSegments(CatalogueDb catalogue, KnownLocations locations, TimeProvider clock)
{
    private const int Tries = 5;

    public async Task<IResult> RunAsync(Guid id, CommitRequest request, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(id, request, cancellation);
            }
            catch (DbUpdateException) when (attempt < Tries)
            {
                catalogue.ChangeTracker.Clear(); // the same commit twice at once: look again
            }
        }
    }

    private async Task<IResult> TryAsync(Guid id, CommitRequest request, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        if (RecordingRules.Refusal(session, request.Track) is { } refusal) { return refusal; }
        if (await catalogue.NeverStoredAsync(session, request.Track, cancellation) is { } never) { return never; }
        if (CommitShape.Error(request) is { } malformed) { return Problems.BadRequest("The commit is not what it should be.", malformed); }

        var name = new TrackName(request.Track);
        var row = session.Tracks.FirstOrDefault(t => t.Name == request.Track);
        var committed = row?.Segments ?? 0;
        if (request.First > committed) { return Problems.OutOfStep("A segment is missing.", $"Track '{name}' has {committed} committed segments; {request.First} cannot follow.", committed); }
        if (row is not null && row.MediaType != request.MediaType) { return Problems.OutOfStep("The track's media type has changed.", $"It is '{row.MediaType}', not '{request.MediaType}'.", committed); }

        var known = await KnownAsync(id, request, committed, cancellation);
        if (known.Where((segment, i) => segment != request.Segments[i]).FirstOrDefault() is { } other)
        {
            return Problems.OutOfStep("A committed segment was altered.", $"Segment {other.Index} of track '{name}' is committed with another size, digest or time.", committed);
        }

        var added = request.Segments.Skip(known.Count).ToList();
        var chain = await ChainAsync(id, name, row, request, added, cancellation);
        if (!IsCheckpoint(chain, request.Checkpoint, session))
        {
            return Problems.OutOfStep("The checkpoint does not match.", $"It is not the registered recorder's signature over the chain of track '{name}' after segment {chain.Next - 1}.", committed);
        }

        if (added.Count > 0 && await MissingAsync(locations.Of(session.Location).Store, id, name, committed, added, cancellation) is { } missing)
        {
            return Problems.OutOfStep("An object is not in the bucket as committed.", missing, committed);
        }

        row ??= await AddAsync(session, request, cancellation);
        Append(row, added, request, chain);
        session.StartedAt ??= request.StartedAt;
        session.RecorderSeenAt = clock.GetUtcNow(); // also counts the session on: who finishes it at the same moment looks again
        await catalogue.SaveChangesAsync(cancellation);
        return TypedResults.Ok(new CommitAnswer(row.Segments));
    }

    /// <summary>Of the request's segments those that are committed already, as they were committed.</summary>
    private async Task<List<ManifestSegment>> KnownAsync(Guid session, CommitRequest request, long committed, CancellationToken cancellation)
    {
        if (request.First >= committed) { return []; }

        var end = request.First + request.Segments.Count;
        return await SegmentsAsync(session, request.Track, request.First, end, cancellation);
    }

    /// <summary>The chain after the request's last segment.</summary>
    private async Task<SegmentChain> ChainAsync(
        Guid session, TrackName track, RecordedTrack? row, CommitRequest request, List<ManifestSegment> added, CancellationToken cancellation)
    {
        var end = request.First + request.Segments.Count;
        var chain = row is null || end < row.Segments
            ? SegmentChain.Over(session, track, await SegmentsAsync(session, track.Value, 0, row is null ? 0 : end, cancellation))
            : SegmentChain.Resume(session, track, row.Chain!, row.Segments);
        return added.Aggregate(chain, (head, segment) => head.Append(segment));
    }

    private Task<List<ManifestSegment>> SegmentsAsync(Guid session, string track, long from, long end, CancellationToken cancellation) =>
        catalogue.Commits.AsNoTracking()
            .Where(c => c.Session == session && c.Track == track && c.Index >= from && c.Index < end).OrderBy(c => c.Index)
            .Select(c => new ManifestSegment(c.Index, c.Size, c.Sha256, c.Start, c.Duration, c.Key)).ToListAsync(cancellation);

    private static bool IsCheckpoint(SegmentChain chain, string checkpoint, RecordedSession session)
    {
        var recorder = JsonSerializer.Deserialize(session.RecorderKey ?? "null", RecordingJson.Default.PublicSigningKey);
        return recorder is not null && Base64Url.IsValid(checkpoint) && chain.IsCheckpoint(Base64Url.DecodeFromChars(checkpoint), recorder);
    }

    /// <summary>Looks for the objects with one listing. Null when all are there with exactly their sizes.</summary>
    private static async Task<string?> MissingAsync(IObjectStore store, Guid session, TrackName track, long committed, List<ManifestSegment> added, CancellationToken cancellation)
    {
        var startAfter = committed == 0 ? null : TrackObjects.Segment(session, track, committed - 1);
        var (last, found) = (added[^1].Index, new Dictionary<long, long>());
        await foreach (var item in store.ListAsync(TrackObjects.Prefix(session, track), startAfter, cancellation))
        {
            if (!TrackObjects.TryParseSegment(item.Name, out var index) || index > last) { break; }
            found[index] = item.Size;
        }

        foreach (var segment in added)
        {
            var name = TrackObjects.SegmentName(segment.Index);
            if (!found.TryGetValue(segment.Index, out var size)) { return $"'{name}' of track '{track}' is not in the bucket."; }
            if (size != segment.Size) { return $"'{name}' of track '{track}' has {size} bytes in the bucket; {segment.Size} were committed."; }
        }

        return committed == 0 && await store.FindAsync(TrackObjects.NameOf(session, track, TrackObjects.KeyFile), cancellation) is null
            ? $"'{TrackObjects.KeyFile}' of track '{track}' is not in the bucket: nobody could ever open it."
            : null;
    }

    private async Task<RecordedTrack> AddAsync(RecordedSession session, CommitRequest request, CancellationToken cancellation)
    {
        var wraps = await locations.Of(session.Location).WrapsAsync(catalogue, session, request.Track, cancellation); // what the recorder was given when it joined
        var row = new RecordedTrack { Session = session.Id, Name = request.Track, MediaType = request.MediaType, ExpiryKey = wraps.ExpiryKey };
        session.Tracks.Add(row);
        catalogue.Tracks.Add(row);
        return row;
    }

    private void Append(RecordedTrack row, List<ManifestSegment> added, CommitRequest request, SegmentChain chain)
    {
        if (request.First + request.Segments.Count >= row.Segments) { row.WriteGaps(request.Gaps); } // an old commit sent again does not bring old gaps back
        if (added.Count == 0) { return; }

        row.Segments = chain.Next;
        row.Size += added.Sum(segment => segment.Size);
        row.Duration = Math.Max(row.Duration, added.Max(segment => segment.Start + segment.Duration));
        row.Chain = chain.Text;
        row.Checkpoint = Base64Url.DecodeFromChars(request.Checkpoint);
        catalogue.Commits.AddRange(added.Select(segment => new CommittedSegment
        {
            Session = row.Session,
            Track = row.Name,
            Index = segment.Index,
            Size = segment.Size,
            Sha256 = segment.Sha256,
            Start = segment.Start,
            Duration = segment.Duration,
            Key = segment.Key,
        }));
    }
}
