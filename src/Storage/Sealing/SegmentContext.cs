using System.Buffers.Binary;
using System.Text;

namespace SecureRecorder.Storage.Sealing;

/// <summary>What a sealed segment is bound to: it opens as this segment of this track of this session, under this consent, and as nothing else.</summary>
/// <remarks>Source: FORMAT.md §3, "context".</remarks>
public readonly record struct SegmentContext
{
    /// <summary>Length of a consent digest in bytes (SHA-256).</summary>
    public const int ConsentDigestLength = 32;

    /// <summary>The largest index that an object's name can carry: eight decimal digits.</summary>
    public const long MaximumIndex = 99_999_999;

    internal const int MaximumLength = 25 + 1 + 16 + 1 + TrackName.MaximumLength + 8 + ConsentDigestLength;

    private static readonly byte[] NoConsent = new byte[ConsentDigestLength];

    private readonly ReadOnlyMemory<byte> _consentDigest;

    /// <param name="session">The session; written in RFC 9562 byte order.</param>
    /// <param name="track">The track.</param>
    /// <param name="index">The segment's index within the track, 0 to <see cref="MaximumIndex"/>.</param>
    /// <param name="consentDigest"><see cref="ConsentDigestLength"/> bytes (FORMAT.md §4); empty, which stands for zeros, only for the consent track itself.</param>
    /// <exception cref="ArgumentException">A digest of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index does not fit an object's name.</exception>
    public SegmentContext(Guid session, TrackName track, long index, ReadOnlyMemory<byte> consentDigest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaximumIndex);
        if (consentDigest.Length is not (0 or ConsentDigestLength))
        {
            throw new ArgumentException($"A consent digest has {ConsentDigestLength} bytes; this has {consentDigest.Length}.", nameof(consentDigest));
        }

        Session = session;
        Track = track;
        Index = index;
        _consentDigest = consentDigest.IsEmpty ? NoConsent : consentDigest;
    }

    public Guid Session { get; }
    public TrackName Track { get; }
    public long Index { get; }
    public ReadOnlySpan<byte> ConsentDigest => _consentDigest.Span;

    public override string ToString() => $"segment {Index} of track '{Track}' of session {Session}";

    public bool Equals(SegmentContext other) =>
        Session == other.Session && Track == other.Track && Index == other.Index && ConsentDigest.SequenceEqual(other.ConsentDigest);

    public override int GetHashCode() => HashCode.Combine(Session, Track, Index);

    /// <summary>Writes the context's bytes and returns how many.</summary>
    internal int WriteTo(Span<byte> destination)
    {
        "secure-recorder/segment/1\0"u8.CopyTo(destination);
        var at = 26;
        Session.TryWriteBytes(destination[at..], bigEndian: true, out _);
        at += 16;
        destination[at++] = (byte)Track.Value.Length;
        at += Encoding.ASCII.GetBytes(Track.Value, destination[at..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[at..], Index);
        at += sizeof(long);
        ConsentDigest.CopyTo(destination[at..]);
        return at + ConsentDigestLength;
    }
}
