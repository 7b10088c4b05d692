using Microsoft.Win32.SafeHandles;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Benchmarks.Sealing;

/// <summary>The same file by our hand: as whole segments, the way that recorder and replay work, and as one long segment through the streams.</summary>
internal sealed class OurFile : IDisposable
{
    public const int SegmentSize = 1 << 20;

    private readonly DataKey _key = DataKey.Create();
    private readonly Guid _session = Guid.NewGuid();
    private readonly byte[] _consent = new byte[SegmentContext.ConsentDigestLength];
    private readonly byte[] _plaintext = new byte[SegmentSize];
    private readonly byte[] _segment = new byte[ChunkLayout.SealedLength(SegmentSize)];
    private readonly string _plain;
    private readonly string _segments;
    private readonly string _one;

    /// <param name="plain">A file of whole <see cref="SegmentSize"/>s.</param>
    public OurFile(string folder, string plain)
    {
        (_plain, _segments, _one) = (plain, Path.Combine(folder, "ours.segments"), Path.Combine(folder, "ours.one"));
        using var source = File.OpenHandle(_plain);
        using var target = File.OpenHandle(_segments, FileMode.CreateNew, FileAccess.Write);
        SealSegments(source, (segment, index) => RandomAccess.Write(target, segment, (long)index * segment.Length));
    }

    public Task<Times> SealSegmentsAsync() => Times.OfAsync(() =>
    {
        using var source = File.OpenHandle(_plain);
        SealSegments(source, (_, _) => { });
        return Task.CompletedTask;
    });

    public Task<Times> OpenSegmentsAsync() => Times.OfAsync(() =>
    {
        using var source = File.OpenHandle(_segments);
        for (var index = 0; RandomAccess.Read(source, _segment, (long)index * _segment.Length) == _segment.Length; index++)
        {
            SegmentOpener.Open(_key, Context(index), _segment, _plaintext);
        }

        return Task.CompletedTask;
    });

    public Task<Times> SealStreamAsync() => Times.OfAsync(async () =>
    {
        await using var source = Read(_plain);
        await using var sink = File.Exists(_one) ? Stream.Null : File.Create(_one); // once, for the opening to have something
        await SegmentSealer.SealAsync(_key, Context(0), source, sink, CancellationToken.None);
    });

    public Task<Times> OpenStreamAsync() => Times.OfAsync(async () =>
    {
        await using var source = Read(_one);
        await SegmentOpener.OpenAsync(_key, Context(0), source, Stream.Null, CancellationToken.None);
    });

    public void Dispose() => _key.Dispose();

    private void SealSegments(SafeFileHandle source, Action<byte[], int> sink)
    {
        for (var index = 0; RandomAccess.Read(source, _plaintext, (long)index * SegmentSize) == SegmentSize; index++)
        {
            SegmentSealer.Seal(_key, Context(index), _plaintext, _segment);
            sink(_segment, index);
        }
    }

    private SegmentContext Context(int index) => new(_session, TrackName.Video, index, _consent);

    private static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: SegmentSize);
}
