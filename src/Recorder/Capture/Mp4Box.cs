using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace SecureRecorder.Recorder.Capture;

/// <summary>One box of an MP4: where it and its body lie within a span. Offsets and lengths are bytes.</summary>
/// <remarks>Source: ISO/IEC 14496-12 §4.2. Sizes: 32 bits, or 64 bits where the first field is 1. A size of 0 ("to the end") is refused: a live stream has no end.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mp4Box(uint Type, int Offset, int HeaderLength, int Length)
{
    public const int ShortHeaderLength = 8;
    public const int LongHeaderLength = 16;

    /// <summary>No box of a screen recording comes near this: a larger one means that the stream is not MP4.</summary>
    public const int MaximumLength = 64 << 20;

    public static readonly uint Ftyp = Code("ftyp"), Moov = Code("moov"), Moof = Code("moof"), Mdat = Code("mdat"), Traf = Code("traf"),
        Tfhd = Code("tfhd"), Tfdt = Code("tfdt"), Trun = Code("trun"), Mfhd = Code("mfhd"), Trak = Code("trak"), Mdia = Code("mdia"),
        Mdhd = Code("mdhd"), Minf = Code("minf"), Stbl = Code("stbl"), Stsd = Code("stsd"), Avc1 = Code("avc1"), AvcC = Code("avcC"),
        Mvex = Code("mvex"), Trex = Code("trex");

    public int BodyOffset => Offset + HeaderLength;
    public int End => Offset + Length;

    /// <summary>The four characters, for messages.</summary>
    public string Name => NameOf(Type);

    /// <summary>Reads the header that begins at <paramref name="offset"/>; <see langword="false"/>: too few bytes for a header.</summary>
    /// <exception cref="InvalidDataException">A length that no box has.</exception>
    public static bool TryReadHeader(ReadOnlySpan<byte> data, int offset, out Mp4Box box)
    {
        box = default;
        if (data.Length - offset < ShortHeaderLength) { return false; }

        long length = BinaryPrimitives.ReadUInt32BigEndian(data[offset..]);
        var type = BinaryPrimitives.ReadUInt32BigEndian(data[(offset + 4)..]);
        var header = ShortHeaderLength;
        if (length == 1)
        {
            if (data.Length - offset < LongHeaderLength) { return false; }
            header = LongHeaderLength;
            length = BinaryPrimitives.ReadInt64BigEndian(data[(offset + ShortHeaderLength)..]);
        }

        if (length < header || length > MaximumLength)
        {
            throw new InvalidDataException($"The box '{NameOf(type)}' says that it has {length} bytes; {header} to {MaximumLength} are possible.");
        }

        box = new(type, offset, header, (int)length);
        return true;
    }

    /// <summary>The first box of this type directly inside <paramref name="start"/>..<paramref name="end"/>.</summary>
    /// <exception cref="InvalidDataException">There is none, or a box reaches beyond its parent.</exception>
    public static Mp4Box Require(ReadOnlySpan<byte> data, uint type, int start, int end) =>
        TryFind(data, type, start, end, out var box) ? box : throw new InvalidDataException($"The box '{NameOf(type)}' is missing.");

    /// <exception cref="InvalidDataException">A box reaches beyond its parent.</exception>
    public static bool TryFind(ReadOnlySpan<byte> data, uint type, int start, int end, out Mp4Box box)
    {
        for (var at = start; at < end; at = box.End)
        {
            if (!TryReadHeader(data[..end], at, out box) || box.End > end)
            {
                throw new InvalidDataException($"The box at byte {at} reaches beyond byte {end}, where its parent ends.");
            }

            if (box.Type == type) { return true; }
        }

        box = default;
        return false;
    }

    private static uint Code(string name) => BinaryPrimitives.ReadUInt32BigEndian(Encoding.ASCII.GetBytes(name));

    private static string NameOf(uint type)
    {
        Span<byte> name = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(name, type);
        return string.Concat(Encoding.Latin1.GetString(name).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '?'));
    }
}
