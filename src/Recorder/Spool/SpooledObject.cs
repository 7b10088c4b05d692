using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Spool;

/// <summary>An object that waits to be put: a sealed segment, a wrapped key or a signed manifest. Nothing in it needs protection from reading.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Content">The bytes, where the disk refused them; else they lie at <paramref name="Path"/>.</param>
internal sealed record SpooledObject(TrackSpool Track, string Name, string Path, long Size, byte[]? Content)
{
    /// <summary>The segment's index; −1 for the key file and the manifest.</summary>
    public long Index => TrackObjects.TryParseSegment(Name, out var index) ? index : -1;

    /// <summary>Fills the first <see cref="Size"/> bytes of a buffer.</summary>
    /// <exception cref="EndOfStreamException">The file is shorter than what was sealed.</exception>
    public void ReadInto(Span<byte> buffer)
    {
        if (Content is { } content)
        {
            content.CopyTo(buffer);
            return;
        }

        using var file = new FileStream(Path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 });
        file.ReadExactly(buffer[..(int)Size]);
    }
}
