using System.Buffers.Binary;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What <c>ftyp</c> + <c>moov</c> say that fragments refer to.</summary>
/// <param name="Timescale">Ticks a second of every time in the fragments.</param>
/// <param name="DefaultDuration">Ticks of a sample whose fragment names none.</param>
/// <param name="DefaultFlags">Flags of a sample whose fragment names none.</param>
/// <param name="MediaType">RFC 6381, e.g. <c>video/mp4; codecs="avc1.64001F"</c>.</param>
/// <remarks>Source: ISO/IEC 14496-12 §8.4.2, §8.8.3; ISO/IEC 14496-15 §5.3.3 (<c>avcC</c>).</remarks>
internal sealed record VideoInitialization(uint Timescale, uint DefaultDuration, uint DefaultFlags, string MediaType)
{
    private const int SampleDescriptionHeader = 8;
    private const int VisualSampleEntryHeader = 78;

    /// <summary>Reads them.</summary>
    /// <exception cref="InvalidDataException">Not one H.264 track, or not MP4 at all.</exception>
    public static VideoInitialization Read(ReadOnlySpan<byte> initialization)
    {
        try
        {
            var moov = Mp4Box.Require(initialization, Mp4Box.Moov, 0, initialization.Length);
            var mdia = Inside(initialization, Inside(initialization, moov, Mp4Box.Trak), Mp4Box.Mdia);
            var mdhd = initialization[Inside(initialization, mdia, Mp4Box.Mdhd).BodyOffset..];
            var timescale = BinaryPrimitives.ReadUInt32BigEndian(mdhd[(mdhd[0] == 1 ? 20 : 12)..]);
            if (timescale == 0) { throw new InvalidDataException("The timescale is 0."); }

            var trex = initialization[Inside(initialization, Inside(initialization, moov, Mp4Box.Mvex), Mp4Box.Trex).BodyOffset..];
            var stsd = Inside(initialization, Inside(initialization, Inside(initialization, mdia, Mp4Box.Minf), Mp4Box.Stbl), Mp4Box.Stsd);
            var avc1 = Mp4Box.Require(initialization, Mp4Box.Avc1, stsd.BodyOffset + SampleDescriptionHeader, stsd.End);
            var avcC = Mp4Box.Require(initialization, Mp4Box.AvcC, avc1.BodyOffset + VisualSampleEntryHeader, avc1.End);
            var profile = initialization.Slice(avcC.BodyOffset + 1, 3);
            return new(
                timescale,
                BinaryPrimitives.ReadUInt32BigEndian(trex[12..]),
                BinaryPrimitives.ReadUInt32BigEndian(trex[20..]),
                $"video/mp4; codecs=\"avc1.{Convert.ToHexString(profile)}\"");
        }
        catch (ArgumentOutOfRangeException cut)
        {
            throw new InvalidDataException("The MP4 initialization is cut.", cut);
        }
    }

    private static Mp4Box Inside(ReadOnlySpan<byte> data, Mp4Box parent, uint type) => Mp4Box.Require(data, type, parent.BodyOffset, parent.End);
}
