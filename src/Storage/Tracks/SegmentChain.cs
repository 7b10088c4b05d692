using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>The hash chain over a track's segments, and the checkpoints that a writer signs over its head while it records.</summary>
/// <remarks>
/// Source: FORMAT.md §5. c₀ = SHA-256(label ‖ 0 ‖ session ‖ track); cᵢ₊₁ = SHA-256(cᵢ ‖ index ‖ size ‖ digest).
/// A checkpoint shows a cut tail even where no manifest was ever written.
/// </remarks>
public sealed class SegmentChain
{
    private readonly Guid _session;
    private readonly TrackName _track;
    private readonly byte[] _head;

    private SegmentChain(Guid session, TrackName track, byte[] head, long next)
    {
        _session = session;
        _track = track;
        _head = head;
        Next = next;
    }

    /// <summary>Index that the next segment must have; also how many there are.</summary>
    public long Next { get; }

    /// <summary>The head, base64url.</summary>
    public string Text => Base64Url.EncodeToString(_head);

    public static SegmentChain Start(Guid session, TrackName track) =>
        new(session, track, SHA256.HashData([.. "secure-recorder/chain/1\0"u8, .. Identity(session, track)]), 0);

    /// <summary>The chain over these segments, from the first one.</summary>
    /// <exception cref="TrackAlteredException">They are not whole: see <see cref="Append"/>.</exception>
    public static SegmentChain Over(Guid session, TrackName track, IEnumerable<ManifestSegment> segments)
    {
        var chain = Start(session, track);
        foreach (var segment in segments) { chain = chain.Append(segment); }
        return chain;
    }

    /// <summary>Goes on from a head that was kept: <see cref="Text"/> after <paramref name="next"/> segments.</summary>
    /// <exception cref="FormatException">Not the base64url of 32 bytes.</exception>
    public static SegmentChain Resume(Guid session, TrackName track, string head, long next)
    {
        var bytes = Base64Url.DecodeFromChars(head);
        return bytes.Length == SHA256.HashSizeInBytes
            ? new(session, track, bytes, next)
            : throw new FormatException($"The kept head of track '{track}' of session {session} has {bytes.Length} bytes, not {SHA256.HashSizeInBytes}.");
    }

    /// <summary>The chain with one more segment.</summary>
    /// <exception cref="TrackAlteredException">A hole, a repetition, a size, start or duration below zero, or a malformed digest.</exception>
    public SegmentChain Append(ManifestSegment? segment)
    {
        if (segment is null) { throw new TrackAlteredException($"Segment {Next} of track '{_track}' is missing: its entry is empty."); }
        if (segment.Index != Next) { throw new TrackAlteredException($"Segment {Next} of track '{_track}' is missing: {segment.Index} follows."); }
        if (segment.Size < 0) { throw new TrackAlteredException($"Segment {segment.Index} of track '{_track}' has the size {segment.Size}."); }
        if (!AreSeconds(segment.Start, segment.Duration))
        {
            throw new TrackAlteredException($"Segment {segment.Index} of track '{_track}' lasts {segment.Duration} s from {segment.Start} s.");
        }

        Span<byte> link = stackalloc byte[32 + 8 + 8 + 32];
        _head.CopyTo(link);
        BinaryPrimitives.WriteInt64BigEndian(link[32..], segment.Index);
        BinaryPrimitives.WriteInt64BigEndian(link[40..], segment.Size);
        segment.Digest().CopyTo(link[48..]);
        return new(_session, _track, SHA256.HashData(link), Next + 1);
    }

    /// <summary>Signs the head after the last appended segment: <see cref="Jws.SignatureLength"/> bytes.</summary>
    public byte[] SignCheckpoint(SigningKey key) => key.Sign(CheckpointBytes());

    /// <summary>Whether this is the writer's checkpoint over this head.</summary>
    public bool IsCheckpoint(ReadOnlySpan<byte> signature, PublicSigningKey writer) => writer.Verify(CheckpointBytes(), signature);

    /// <summary>Whether these can be a start and a duration.</summary>
    internal static bool AreSeconds(double start, double duration) => double.IsFinite(start) && start >= 0 && double.IsFinite(duration) && duration >= 0;

    private byte[] CheckpointBytes()
    {
        if (Next == 0) { throw new InvalidOperationException("A checkpoint needs at least one segment."); }

        Span<byte> index = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(index, Next - 1);
        return [.. "secure-recorder/checkpoint/1\0"u8, .. Identity(_session, _track), .. index, .. _head];
    }

    private static byte[] Identity(Guid session, TrackName track) =>
        [.. session.ToByteArray(bigEndian: true), (byte)track.Value.Length, .. Encoding.ASCII.GetBytes(track.Value)];
}
