using System.Security.Cryptography;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Exports;

/// <summary>Takes a zip as it is written, forward only, and puts it into the bucket as sealed segments of one length. It never holds more than one of them.</summary>
internal sealed class SealedZip(TrackWriter writer, IObjectStore store) : Stream
{
    /// <summary>Bytes of a segment; the last one may be shorter.</summary>
    internal const int SegmentLength = 1 << 20;

    private readonly byte[] _filling = new byte[SegmentLength];
    private readonly MemoryStream _late = new();
    private int _filled;
    private long _length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;

    /// <summary>Bytes written so far.</summary>
    public override long Length => _length;

    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Puts the key: before anything else.</summary>
    public Task BeginAsync(CancellationToken cancellation) => PutAsync(TrackObjects.KeyFile, writer.KeyFile, cancellation);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _length += buffer.Length;
        await FillLateAsync(cancellationToken);
        await FillAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Puts the rest and the manifest: from now on it is whole.</summary>
    public async Task CompleteAsync(string region, DateTimeOffset startedAt, DateTimeOffset endedAt, CancellationToken cancellation)
    {
        await FillLateAsync(cancellation);
        if (_filled > 0) { await PutSegmentAsync(cancellation); }
        await PutAsync(TrackObjects.Manifest, writer.SignManifest(Manifest.ServerWriter, region, ExportTrack.MediaType, startedAt, endedAt, TrackEnd.Ended, []), cancellation);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // a segment is put when it is full
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Closing a file of the zip writes the last of it so, some kilobytes: they wait for the next asynchronous call.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        _length += count;
        _late.Write(buffer, offset, count);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_filling);
        CryptographicOperations.ZeroMemory(_late.GetBuffer());
        _late.Dispose();
        base.Dispose(disposing);
    }

    private async Task FillLateAsync(CancellationToken cancellation)
    {
        if (_late.Length == 0) { return; }

        await FillAsync(_late.GetBuffer().AsMemory(0, (int)_late.Length), cancellation);
        _late.SetLength(0);
    }

    private async Task FillAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            var take = Math.Min(buffer.Length, SegmentLength - _filled);
            buffer[..take].CopyTo(_filling.AsMemory(_filled));
            (_filled, buffer) = (_filled + take, buffer[take..]);
            if (_filled == SegmentLength) { await PutSegmentAsync(cancellation); }
        }
    }

    private async Task PutSegmentAsync(CancellationToken cancellation)
    {
        var segment = writer.Seal(_filling.AsSpan(0, _filled), 0, 0, key: true);
        await PutAsync(segment.Name, segment.Content, cancellation);
        _filled = 0;
    }

    private async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var full = TrackObjects.NameOf(writer.Session, writer.Track, name);
        if (!await store.PutOnceAsync(full, content, cancellation)) { throw new ObjectStoreException($"'{full}' exists already.", ObjectStoreFault.Rejected); }
    }
}
