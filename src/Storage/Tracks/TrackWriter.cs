using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Writes one track: makes its data key, seals its segments in order, signs checkpoints and the manifest. It puts nothing anywhere.</summary>
/// <remarks>Source: FORMAT.md §2, §3, §5. Not safe for concurrent use: a track has one writer.</remarks>
public sealed class TrackWriter : IDisposable
{
    private readonly DataKey _key;
    private readonly SigningKey _signer;
    private readonly byte[] _consentDigest;
    private readonly List<ManifestSegment> _segments = [];
    private SegmentChain _chain;

    /// <param name="consentDigest">32 bytes (FORMAT.md §4); empty only for the consent track.</param>
    /// <param name="kek">The location's KEK, for which the new data key is wrapped.</param>
    /// <param name="signer">The writer's key: the recorder's of this session, or the server's.</param>
    /// <exception cref="ArgumentException">No consent digest for a track that needs one, or one for the consent track.</exception>
    /// <exception cref="CryptographicException">The KEK is not one that a data key can be wrapped for.</exception>
    public TrackWriter(Guid session, TrackName track, ReadOnlySpan<byte> consentDigest, KekPublicKey kek, SigningKey signer)
    {
        SegmentContext.RequireConsent(track, consentDigest);
        Session = session;
        Track = track;
        _consentDigest = consentDigest.ToArray();
        _signer = signer;
        _chain = SegmentChain.Start(session, track);
        _key = DataKey.Create();
        KeyFile = JsonSerializer.SerializeToUtf8Bytes(kek.Wrap(session, track, _key), FormatJson.Default.KeyFile);
    }

    private TrackWriter(Guid session, TrackName track, ReadOnlySpan<byte> consentDigest, DataKey key, ReadOnlyMemory<byte> keyFile, IReadOnlyList<ManifestSegment> segments, SigningKey signer)
    {
        SegmentContext.RequireConsent(track, consentDigest);
        (Session, Track, KeyFile, _key, _signer, _consentDigest) = (session, track, keyFile, key, signer, consentDigest.ToArray());
        _chain = SegmentChain.Over(session, track, segments);
        _segments.AddRange(segments);
    }

    /// <summary>Goes on with a track of one's own after a restart: only who can unwrap its key can, which a recorder never can.</summary>
    /// <param name="key">The track's data key, unwrapped; disposed with the writer.</param>
    /// <param name="keyFile">The content of its <c>key.json</c>.</param>
    /// <param name="segments">What was committed so far, from the first.</param>
    /// <exception cref="TrackAlteredException">The segments are not whole.</exception>
    public static TrackWriter Resume(
        Guid session, TrackName track, ReadOnlySpan<byte> consentDigest, DataKey key, ReadOnlyMemory<byte> keyFile, IReadOnlyList<ManifestSegment> segments, SigningKey signer) =>
        new(session, track, consentDigest, key, keyFile, segments, signer);

    public Guid Session { get; }
    public TrackName Track { get; }

    /// <summary>The content of <c>key.json</c>. Put it before the first segment.</summary>
    public ReadOnlyMemory<byte> KeyFile { get; }

    /// <summary>What was sealed so far.</summary>
    public IReadOnlyList<ManifestSegment> Segments => _segments;

    /// <summary>Seals the next segment. Its plaintext is the caller's to zero.</summary>
    /// <param name="start">Seconds on the session's clock.</param>
    /// <param name="duration">Seconds.</param>
    /// <param name="key">Whether playing can begin here.</param>
    /// <exception cref="ArgumentOutOfRangeException">A start or duration that is not a number of seconds.</exception>
    public SealedSegment Seal(ReadOnlySpan<byte> plaintext, double start, double duration, bool key)
    {
        if (!SegmentChain.AreSeconds(start, duration)) { throw new ArgumentOutOfRangeException(nameof(duration), $"{duration} s from {start} s is no stretch of a session."); }

        var context = new SegmentContext(Session, Track, _chain.Next, _consentDigest);
        var content = SegmentSealer.Seal(_key, context, plaintext);
        var entry = new ManifestSegment(
            context.Index, content.Length, Base64Url.EncodeToString(SHA256.HashData(content)), Math.Round(start, 3), Math.Round(duration, 3), key);
        _chain = _chain.Append(entry);
        _segments.Add(entry);
        return new(entry, content, Base64Url.EncodeToString(_chain.SignCheckpoint(_signer)));
    }

    /// <summary>Signs the manifest: the content of <c>manifest.jws</c>, ASCII.</summary>
    /// <param name="end">One of <see cref="TrackEnd"/>.</param>
    /// <exception cref="ArgumentException">An end, a writer or a gap that no manifest has.</exception>
    public byte[] SignManifest(
        string writer, string region, string mediaType, DateTimeOffset startedAt, DateTimeOffset endedAt, string end, IReadOnlyList<Gap> gaps)
    {
        var manifest = Manifest.Of(Session, Track, writer, region, mediaType, _consentDigest, startedAt, endedAt, end, _segments, gaps);
        return Encoding.ASCII.GetBytes(manifest.Sign(_signer));
    }

    /// <summary>Zeroes the data key: nothing more can be sealed.</summary>
    public void Dispose() => _key.Dispose();
}

/// <summary>A sealed segment, ready to be put: its manifest entry, its bytes, and the writer's checkpoint over the chain up to it (base64url).</summary>
public sealed record SealedSegment(ManifestSegment Entry, byte[] Content, string Checkpoint)
{
    /// <summary>The object's name within its track.</summary>
    public string Name => TrackObjects.SegmentName(Entry.Index);
}
