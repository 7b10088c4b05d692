using System.IO.Compression;
using System.Text;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Exports;

/// <summary>Writes the zip, forward only. Its paths are constants and numbers: nothing that anybody typed becomes the name of a file.</summary>
internal sealed class WriteArchive(RemuxVideo remux, TimeProvider clock)
{
    public async Task RunAsync(RecordingExport export, RecordedSession session, ExportSources.Opened opened, Stream into, ExportProgress progress, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var zip = await ZipArchive.CreateAsync(into, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellation);
        await AddAsync("README.txt", new MemoryStream(Encoding.UTF8.GetBytes(ExportText.Readme(export, session, opened, now))).CopyToAsync);
        await AddAsync("verification.txt", new MemoryStream(Encoding.UTF8.GetBytes(ExportText.Verification(session, opened, now))).CopyToAsync);
        if (opened.Of(TrackName.Video) is { } video)
        {
            var watermark = export.Watermark ? $"{export.Requester} · {now.UtcDateTime:yyyy-MM-dd HH:mm} UTC · export {export.Id}" : null;
            await AddAsync("video.mp4", (entry, token) => remux.WriteAsync(video, entry, watermark, progress.Add, token));
        }

        if (opened.Of(TrackName.Chat) is { } chat)
        {
            await AddAsync("chat.json", (entry, token) => ExportedChat.WriteJsonAsync(chat, entry, token));
            await AddAsync("chat.txt", (entry, token) => ExportedChat.WriteTextAsync(chat, entry, progress.Add, token));
        }

        foreach (var source in opened.All.Where(source => source.Manifest is not null)) { await AddAsync($"manifests/{source.Name}.jws", new MemoryStream(source.Manifest!).CopyToAsync); }
        if (opened.Of(TrackName.Consent) is { } consent)
        {
            for (var i = 0; i < consent.Segments.Count; i++)
            {
                var (index, kind) = (i, i % 2 == 0 ? "" : "-countersignature");
                await AddAsync($"receipts/receipt-{i / 2 + 1}{kind}.jws", async (entry, token) => await entry.WriteAsync(await consent.ReadAsync(index, token), token));
            }
        }

        async Task AddAsync(string path, Func<Stream, CancellationToken, Task> write)
        {
            // Deflated, also what hardly gets smaller: of a stored file whose size follows it, some readers do not find the end.
            var entry = zip.CreateEntry(path, CompressionLevel.Fastest);
            entry.LastWriteTime = now;
            await using var content = await entry.OpenAsync(cancellation);
            await write(content, cancellation);
        }
    }
}
