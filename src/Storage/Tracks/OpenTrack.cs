using System.Buffers.Text;
using System.Security.Cryptography;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>A track whose key is unwrapped. Segments are checked against digest and tags each time one is read.</summary>
/// <remarks>Source: FORMAT.md §7. Dispose it as soon as nobody reads: the data key is zeroed.</remarks>
public sealed class OpenTrack : IDisposable
{
    private readonly IObjectStore _store;
    private readonly DataKey _key;
    private readonly byte[] _consentDigest;
    private volatile IReadOnlyList<ManifestSegment> _segments;

    internal OpenTrack(
        IObjectStore store, DataKey key, Guid session, TrackName track, byte[] consentDigest, Manifest? manifest, PublicSigningKey? signer, IReadOnlyList<ManifestSegment> segments)
    {
        _store = store;
        _key = key;
        Session = session;
        Track = track;
        _consentDigest = consentDigest;
        Manifest = manifest;
        Signer = signer;
        _segments = segments;
    }

    public Guid Session { get; }

    /// <summary>Timestamp at which a vault unwrapped its key; <see langword="null"/>: when it was opened.</summary>
    public long? UnwrappedAt => _key.UnwrappedAt;

    public TrackName Track { get; }

    /// <summary>The verified manifest; <see langword="null"/> where none was written (yet): the track is incomplete.</summary>
    public Manifest? Manifest { get; }

    /// <summary>Who signed the manifest; <see langword="null"/> where there is none.</summary>
    public PublicSigningKey? Signer { get; }

    /// <summary>Segments in order of index, without holes.</summary>
    public IReadOnlyList<ManifestSegment> Segments => _segments;

    /// <summary>Takes in what was committed since, on a track that is still being written.</summary>
    public void Extend(IReadOnlyList<ManifestSegment> committed)
    {
        if (Manifest is null && committed.Count > _segments.Count) { _segments = committed; }
    }

    /// <summary>Leaves only the segments before this one: what follows an altered segment is not shown.</summary>
    public void CutBefore(long index) => _segments = [.. _segments.TakeWhile(entry => entry.Index < index)];

    /// <summary>Reads a whole segment, checks size and digest, opens it.</summary>
    /// <returns>The plaintext.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The track has no such segment.</exception>
    /// <exception cref="TrackAlteredException">The object is missing or is not what the writer sealed; the message says which and why.</exception>
    /// <exception cref="ObjectStoreException">The store did not answer.</exception>
    public async Task<byte[]> ReadAsync(long index, CancellationToken cancellation)
    {
        var entry = EntryOf(index);
        var content = await ReadSealedAsync(entry, cancellation);
        try
        {
            return SegmentOpener.Open(_key, new SegmentContext(Session, Track, index, _consentDigest), content);
        }
        catch (SegmentAlteredException altered)
        {
            throw new TrackAlteredException(altered.Message, altered);
        }
    }

    /// <summary>Reads <paramref name="length"/> bytes from <paramref name="offset"/> of a segment's plaintext, fetching only the chunks that they lie in.</summary>
    /// <remarks>The tags of those chunks are checked; the object's digest needs the whole of it, and is not.</remarks>
    /// <exception cref="TrackAlteredException">What was read is not what the writer sealed.</exception>
    public async Task<byte[]> ReadRangeAsync(long index, long offset, int length, CancellationToken cancellation)
    {
        var entry = EntryOf(index);
        var name = TrackObjects.Segment(Session, Track, index);
        try
        {
            return await SegmentOpener.OpenRangeAsync(
                _key, new SegmentContext(Session, Track, index, _consentDigest), entry.Size, offset, length,
                async (from, count, cancel) => await _store.GetRangeAsync(name, from, count, cancel) ?? throw Missing(index), cancellation);
        }
        catch (SegmentAlteredException altered)
        {
            throw new TrackAlteredException(altered.Message, altered);
        }
    }

    /// <summary>Reads the track to its end. Nothing that is altered stops it: every finding is reported.</summary>
    /// <param name="progress">Index of each segment that was checked.</param>
    public async Task<TrackVerification> VerifyAsync(IProgress<long>? progress, CancellationToken cancellation)
    {
        var findings = new List<string>();
        var size = 0L;
        foreach (var entry in Segments)
        {
            try
            {
                CryptographicOperations.ZeroMemory(await ReadAsync(entry.Index, cancellation));
                size += entry.Size;
            }
            catch (TrackAlteredException altered)
            {
                findings.Add(altered.Message);
            }

            progress?.Report(entry.Index);
        }

        var status = (findings.Count, Manifest) switch
        {
            ( > 0, _) => TrackStatus.Altered,
            (_, null) => TrackStatus.Incomplete,
            _ => TrackStatus.Verified,
        };
        return new(Track, status, Segments.Count, size, findings);
    }

    /// <summary>Zeroes the data key.</summary>
    public void Dispose() => _key.Dispose();

    private ManifestSegment EntryOf(long index)
    {
        var segments = Segments;
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, segments.Count);
        return segments[(int)index];
    }

    private async Task<byte[]> ReadSealedAsync(ManifestSegment entry, CancellationToken cancellation)
    {
        byte[] content;
        try
        {
            content = await _store.GetAsync(TrackObjects.Segment(Session, Track, entry.Index), entry.Size, cancellation) ?? throw Missing(entry.Index);
        }
        catch (ObjectStoreException larger) when (larger.Fault == ObjectStoreFault.TooLarge)
        {
            throw new TrackAlteredException($"Segment {entry.Index} of track '{Track}' is altered: it has more than its {entry.Size} bytes.", larger);
        }

        if (content.Length != entry.Size)
        {
            throw new TrackAlteredException($"Segment {entry.Index} of track '{Track}' is altered: it has {content.Length} bytes, not {entry.Size}.");
        }

        return IsOnlyFound(entry) || Base64Url.EncodeToString(SHA256.HashData(content)) == entry.Sha256
            ? content
            : throw new TrackAlteredException($"Segment {entry.Index} of track '{Track}' is altered: its SHA-256 is not the one that its writer signed.");
    }

    /// <summary>Without a manifest nobody signed a digest: the tags alone say whether it is what was sealed.</summary>
    private bool IsOnlyFound(ManifestSegment entry) => Manifest is null && entry.Sha256.Length == 0;

    private TrackAlteredException Missing(long index) =>
        new($"Segment {index} of track '{Track}' is missing from the bucket, although its writer signed for it.");
}

/// <summary>What a reader can say of a track.</summary>
public enum TrackStatus
{
    /// <summary>Every segment is what its writer signed, and none is missing.</summary>
    Verified,

    /// <summary>No manifest: what is there opens, and more may have been.</summary>
    Incomplete,

    /// <summary>Something is not what its writer signed.</summary>
    Altered,

    /// <summary>The key is gone.</summary>
    Unreadable,
}

/// <summary>The result of reading a track to its end. <paramref name="Size"/>: bytes of the sealed segments that opened.</summary>
public sealed record TrackVerification(TrackName Track, TrackStatus Status, long Segments, long Size, IReadOnlyList<string> Findings);
