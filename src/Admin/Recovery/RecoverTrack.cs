using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Admin.Exports;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Recovery;

/// <summary>Writes one open track as files that other programs open. What follows an altered segment is never written, and the file's name says that it is not the whole.</summary>
/// <param name="missing">Why there is no ffmpeg; null: there is.</param>
internal sealed class RecoverTrack(RemuxVideo remux, string? missing, Action<long> read)
{
    private const string NotWhole = "-until-altered";

    /// <summary>Writes it, and says what was found while it was read.</summary>
    public async Task<ReadAhead> RunAsync(OpenTrack track, SessionFiles files, List<string> notes, CancellationToken cancellation)
    {
        if (IsVideo(track)) { return await WriteVideoAsync(track, files, notes, cancellation); }

        var looked = new ReadAhead(track, read);
        await looked.LookAsync(cancellation);
        if (looked.Findings.Count > 0) { track.CutBefore(looked.Sound); }
        if (looked.Sound == 0) { return looked; }

        var suffix = looked.Findings.Count > 0 ? NotWhole : "";
        try
        {
            if (track.Track == TrackName.Chat)
            {
                await files.WriteAsync($"chat{suffix}.json", file => ExportedChat.WriteJsonAsync(track, file, cancellation), cancellation);
                await files.WriteAsync($"chat{suffix}.txt", file => ExportedChat.WriteTextAsync(track, file, _ => { }, cancellation), cancellation);
            }
            else if (track.Manifest?.MediaType == "application/jsonl" || track.Track == TrackName.Events)
            {
                await files.WriteAsync($"{track.Track}{suffix}.json", file => WriteLinesAsync(track, file, cancellation), cancellation);
            }
        }
        catch (JsonException malformed)
        {
            notes.Add($"It is not JSON Lines, so it was not written: {malformed.Message}");
        }

        return looked;
    }

    /// <summary>Writes thumbnails: where there is no video, they are what is left of the screen.</summary>
    public static async Task WriteThumbnailsAsync(OpenTrack track, SessionFiles files, CancellationToken cancellation)
    {
        foreach (var segment in track.Segments)
        {
            var image = await track.ReadAsync(segment.Index, cancellation);
            await files.WriteAsync($"thumbnails/{segment.Index:D8}-at-{segment.Start:0}s.{(image is [0xFF, 0xD8, ..] ? "jpg" : "webp")}", image, cancellation);
        }
    }

    private static bool IsVideo(OpenTrack track) => track.Manifest is { } manifest ? manifest.MediaType.StartsWith("video/mp4", StringComparison.Ordinal) : track.Track == TrackName.Video;

    /// <summary>With ffmpeg an MP4 with an index. Without it, or where it fails, the segments joined: they are one playable file as they are (FORMAT.md §6).</summary>
    private async Task<ReadAhead> WriteVideoAsync(OpenTrack track, SessionFiles files, List<string> notes, CancellationToken cancellation)
    {
        var (name, why) = ($"{track.Track}.mp4", missing);
        var reading = new ReadAhead(track, read);
        if (why is null)
        {
            try
            {
                await PrivateFiles.Create(files.PathOf(name)).DisposeAsync();
                await remux.WriteFileAsync(reading.SoundPartsAsync(cancellation), files.PathOf(name), cancellation);
                Keep(reading, track, name, files);
                return reading;
            }
            catch (ExportFailedException failed)
            {
                files.Discard(name);
                if (reading is { IsOver: true, Sound: < 2 }) { return reading; } // there is no picture before what is altered
                why = failed.Message;
            }
        }

        reading = new ReadAhead(track, read);
        await using (var file = PrivateFiles.Create(files.PathOf(name)))
        {
            await foreach (var part in reading.SoundPartsAsync(cancellation))
            {
                await file.WriteAsync(part, cancellation);
                CryptographicOperations.ZeroMemory(part);
            }
        }

        if (reading.Sound < 2) { files.Discard(name); }
        else
        {
            Keep(reading, track, name, files);
            notes.Add($"{track.Track}.mp4 is the segments joined, without an index: some players do not seek in it. {why}");
        }

        return reading;
    }

    private static void Keep(ReadAhead reading, OpenTrack track, string name, SessionFiles files)
    {
        if (reading.Findings.Count > 0)
        {
            var notWhole = $"{track.Track}{NotWhole}.mp4";
            File.Move(files.PathOf(name), files.PathOf(notWhole));
            name = notWhole;
        }

        files.Add(name);
    }

    /// <summary>JSON Lines as one JSON list.</summary>
    private static async Task WriteLinesAsync(OpenTrack track, Stream into, CancellationToken cancellation)
    {
        await using var list = new Utf8JsonWriter(into, new() { Indented = true });
        list.WriteStartArray();
        foreach (var segment in track.Segments)
        {
            var lines = Encoding.UTF8.GetString(await track.ReadAsync(segment.Index, cancellation));
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var document = JsonDocument.Parse(line);
                document.RootElement.WriteTo(list);
            }

            await list.FlushAsync(cancellation);
        }

        list.WriteEndArray();
    }
}
