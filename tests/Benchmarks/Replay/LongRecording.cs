using System.Globalization;
using System.Text.Json;
using SecureRecorder.Recorder.Capture;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>A long recording in a server's own bucket: real H.264 of the recorder's size and key-frame distance, half a minute of it over and over.</summary>
internal sealed class LongRecording : IDisposable
{
    private const int GroupSeconds = 30;
    private const double SegmentSeconds = 5;
    private const double ThumbnailSeconds = 10;
    private const int ThumbnailSize = 6 << 10;

    private readonly WrittenSession _session;

    private LongRecording(WrittenSession session) => _session = session;

    /// <summary>Of the video, with its initialization.</summary>
    public int Segments { get; private set; }

    /// <summary>Sealed, of the video.</summary>
    public long Bytes { get; private set; }

    /// <summary>Seconds from key frame to key frame.</summary>
    public IReadOnlyList<(double Start, double End)> Groups { get; private set; } = [];

    /// <param name="id">A session that was started in the server; it becomes a recorded one.</param>
    /// <param name="bucket">The server's, where that is no folder.</param>
    public static async Task<LongRecording> WriteAsync(AdminServer server, Guid id, TimeSpan length, IObjectStore? bucket = null)
    {
        var recording = new LongRecording(await WrittenSession.InAsync(server.Data, id));
        await recording.WriteTracksAsync(length);
        if (bucket is not null) { await recording.MoveAsync(bucket); }
        await recording.CatalogueAsync(server);
        return recording;
    }

    /// <summary>Its video, opened as the server opens it.</summary>
    public async Task<OpenTrack> OpenAsync(IObjectStore? bucket = null) => await new TrackReader(bucket ?? _session.Store, _session.Kek)
        .OpenAsync(_session.Id, TrackName.Video, _session.ConsentDigest, [_session.RecorderKey.Public.Thumbprint], null, CancellationToken.None);

    public void Dispose() => _session.Dispose();

    /// <summary>What was written into the folder goes into the bucket.</summary>
    private async Task MoveAsync(IObjectStore bucket)
    {
        await Parallel.ForEachAsync(Directory.GetFiles(_session.Bucket, "*", SearchOption.AllDirectories), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (file, cancellation) =>
        {
            var name = Path.GetRelativePath(_session.Bucket, file).Replace('\\', '/');
            if (name.StartsWith("v1/", StringComparison.Ordinal)) { await bucket.PutOnceAsync(name, await File.ReadAllBytesAsync(file, cancellation), cancellation); }
        });
        Directory.Delete(_session.Bucket, recursive: true);
    }

    private async Task WriteTracksAsync(TimeSpan length)
    {
        var video = await _session.WriteTrackAsync(TrackName.Video, "video/mp4; codecs=\"avc1.640028\"", EncodeAsync(length));
        var thumbnails = Enumerable.Range(0, (int)(length.TotalSeconds / ThumbnailSeconds))
            .Select(i => new PlainSegment(new byte[ThumbnailSize], i * ThumbnailSeconds, 0, Key: true));
        await _session.WriteTrackAsync(TrackName.Thumbnails, "image/webp", thumbnails.ToAsyncEnumerable());
        (Segments, Bytes) = (video.Count, video.Sum(segment => segment.Size));
        var keys = video.Skip(1).Where(segment => segment.Key).Select(segment => segment.Start).Append(length.TotalSeconds).ToList();
        Groups = [.. keys.Zip(keys.Skip(1))];
    }

    /// <summary>One group is encoded; the rest is the same again, with later times, which ffmpeg copies.</summary>
    private static async IAsyncEnumerable<PlainSegment> EncodeAsync(TimeSpan length)
    {
        var group = Path.Combine(Path.GetTempPath(), $"group-{Guid.NewGuid():N}.mp4");
        try
        {
            await TimedProgram.ReadAsync(
                "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=1920x1080:rate=10", "-t", $"{GroupSeconds}", "-c:v", "libx264", "-preset", "veryfast",
                "-pix_fmt", "yuv420p", "-profile:v", "high", "-x264-params", "keyint=infinite:scenecut=0:bframes=0", group);
            using var looped = new FfmpegPipe("-loglevel", "error", "-stream_loop", "-1", "-i", group, "-t", length.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-c", "copy",
                "-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-frag_duration", $"{SegmentSeconds * 1e6:F0}", "-f", "mp4", "pipe:1");
            using var reader = new FragmentReader(looped.Output);
            VideoInitialization? initialization = null;
            while (await reader.ReadAsync(CancellationToken.None) is { } unit)
            {
                var bytes = unit.Bytes.ToArray();
                if (unit.IsInitialization)
                {
                    initialization = VideoInitialization.Read(bytes);
                    yield return new(bytes, 0, 0, Key: true);
                    continue;
                }

                var fragment = VideoFragment.Read(bytes, initialization!);
                var scale = (double)initialization!.Timescale;
                yield return new(bytes, fragment.Time / scale, fragment.Duration / scale, fragment.BeginsWithKeyFrame);
            }
        }
        finally
        {
            File.Delete(group);
        }
    }

    private async Task CatalogueAsync(AdminServer server)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var catalogue = ServerCatalogue.Open(server);
        var row = await catalogue.Sessions.FindAsync(_session.Id) ?? throw new InvalidOperationException($"Session {_session.Id} is not in the catalogue.");
        row.State = SessionState.Recorded;
        row.CodeHash = [];
        row.RecorderJoinedAt = row.ConsentAt = row.StartedAt = row.EndedAt = now;
        row.ConsentDigest = _session.ConsentDigest;
        row.RecorderKey = JsonSerializer.Serialize(_session.RecorderKey.Public, RecordingJson.Default.PublicSigningKey);
        foreach (var name in new[] { TrackName.Consent, TrackName.Video, TrackName.Thumbnails })
        {
            catalogue.Tracks.Add(new() { Session = _session.Id, Name = name.Value, MediaType = "application/octet-stream", Finished = true });
        }

        await catalogue.SaveChangesAsync();
    }
}
