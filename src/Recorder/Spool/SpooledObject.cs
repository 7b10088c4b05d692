using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>An object that waits to be put: a sealed segment, a wrapped key or a signed manifest. Nothing in it needs protection from reading.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Content">The bytes, where the disk refused them; else they lie at <paramref name="Path"/>.</param>
internal sealed record SpooledObject(TrackSpool Track, string Name, string Path, long Size, byte[]? Content)
{
    /// <summary>The segment's index; −1 for the key file and the manifest.</summary>
    public long Index => TrackObjects.TryParseSegment(Name, out var index) ? index : -1;

    public Stream Open() => Content is { } content
        ? new MemoryStream(content, writable: false)
        : new FileStream(Path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
}
