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

    private static ReadOnlySpan<byte> Label => "secure-recorder/segment/1\0"u8;

    private readonly ReadOnlyMemory<byte> _consentDigest;

    /// <param name="session">The session; written in RFC 9562 byte order.</param>
    /// <param name="track">The track.</param>
    /// <param name="index">The segment's index within the track, 0 to <see cref="MaximumIndex"/>.</param>
    /// <param name="consentDigest"><see cref="ConsentDigestLength"/> bytes (FORMAT.md §4); empty, which stands for zeros, for the consent track and for no other.</param>
    /// <exception cref="ArgumentException">A digest of another length, none for a track that needs one, or one for the consent track.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index does not fit an object's name.</exception>
    public SegmentContext(Guid session, TrackName track, long index, ReadOnlyMemory<byte> consentDigest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, MaximumIndex);
        RequireConsent(track, consentDigest.Span);
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

    /// <summary>Refuses a consent digest that does not suit the track, as the constructor does.</summary>
    internal static void RequireConsent(TrackName track, ReadOnlySpan<byte> consentDigest)
    {
        if (track == TrackName.Consent && consentDigest.ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException($"Track '{track}' holds the receipt itself: no consent digest goes before it.", nameof(consentDigest));
        }

        if (consentDigest.Length != ConsentDigestLength && (track != TrackName.Consent || !consentDigest.IsEmpty))
        {
            throw new ArgumentException($"The consent digest of track '{track}' has {consentDigest.Length} bytes, not {ConsentDigestLength}.", nameof(consentDigest));
        }
    }

    /// <summary>Writes the context's bytes and returns how many.</summary>
    internal int WriteTo(Span<byte> destination)
    {
        Label.CopyTo(destination);
        var at = Label.Length;
        Session.TryWriteBytes(destination[at..], bigEndian: true, out var written);
        at += written;
        destination[at++] = (byte)Track.Value.Length;
        at += Encoding.ASCII.GetBytes(Track.Value, destination[at..]);
        BinaryPrimitives.WriteInt64BigEndian(destination[at..], Index);
        at += sizeof(long);
        ConsentDigest.CopyTo(destination[at..]);
        return at + ConsentDigestLength;
    }
}
