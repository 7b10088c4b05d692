using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SecureRecorder.Recorder.Capture;

/// <summary>What one <c>moof</c> + <c>mdat</c> says, and where its times stand, so that they can be moved onto the session's clock.</summary>
/// <param name="Time">Ticks: when its first sample is shown (<c>tfdt</c>).</param>
/// <param name="Duration">Ticks: of all its samples; frames come at a variable rate.</param>
/// <param name="BeginsWithKeyFrame">Whether playing can begin here.</param>
/// <remarks>Source: ISO/IEC 14496-12 §8.8.4–8.8.12. One track fragment, as our ffmpeg writes them.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VideoFragment(long Time, long Duration, bool BeginsWithKeyFrame)
{
    private const uint NonSyncSample = 0x0001_0000;

    private int TimeOffset { get; init; }
    private bool LongTime { get; init; }
    private int SequenceOffset { get; init; }
    private int LastDurationOffset { get; init; }

    /// <exception cref="InvalidDataException">Not a fragment, a cut one, or one with more than one track.</exception>
    public static VideoFragment Read(ReadOnlySpan<byte> fragment, VideoInitialization initialization)
    {
        try
        {
            var moof = Mp4Box.Require(fragment, Mp4Box.Moof, 0, fragment.Length);
            var mfhd = Mp4Box.Require(fragment, Mp4Box.Mfhd, moof.BodyOffset, moof.End);
            var traf = Mp4Box.Require(fragment, Mp4Box.Traf, moof.BodyOffset, moof.End);
            if (Mp4Box.TryFind(fragment, Mp4Box.Traf, traf.End, moof.End, out _)) { throw new InvalidDataException("A fragment has more than one track."); }

            var header = FragmentHeader.Read(fragment, Mp4Box.Require(fragment, Mp4Box.Tfhd, traf.BodyOffset, traf.End), initialization);
            var tfdt = Mp4Box.Require(fragment, Mp4Box.Tfdt, traf.BodyOffset, traf.End);
            var longTime = fragment[tfdt.BodyOffset] == 1;
            var timeOffset = tfdt.BodyOffset + 4;
            var time = longTime ? BinaryPrimitives.ReadInt64BigEndian(fragment[timeOffset..]) : BinaryPrimitives.ReadUInt32BigEndian(fragment[timeOffset..]);
            var run = Mp4Box.Require(fragment, Mp4Box.Trun, traf.BodyOffset, traf.End);
            if (Mp4Box.TryFind(fragment, Mp4Box.Trun, run.End, traf.End, out _)) { throw new InvalidDataException("A fragment has more than one run of samples."); }

            var samples = SampleRun.Read(fragment, run, header);
            return new(time, samples.Duration, (samples.FirstFlags & NonSyncSample) == 0)
            {
                TimeOffset = timeOffset,
                LongTime = longTime,
                SequenceOffset = mfhd.BodyOffset + 4,
                LastDurationOffset = samples.LastDurationOffset,
            };
        }
        catch (ArgumentOutOfRangeException cut)
        {
            throw new InvalidDataException("A fragment of the MP4 is cut.", cut);
        }
    }

    /// <summary>Writes another time and sequence number into the fragment's bytes.</summary>
    /// <exception cref="InvalidDataException">The time does not fit the fragment's field.</exception>
    public VideoFragment MoveTo(Span<byte> fragment, long time, uint sequence)
    {
        BinaryPrimitives.WriteUInt32BigEndian(fragment[SequenceOffset..], sequence);
        if (LongTime)
        {
            BinaryPrimitives.WriteInt64BigEndian(fragment[TimeOffset..], time);
        }
        else if (time is >= 0 and <= uint.MaxValue)
        {
            BinaryPrimitives.WriteUInt32BigEndian(fragment[TimeOffset..], (uint)time);
        }
        else
        {
            throw new InvalidDataException($"The time {time} does not fit a fragment of 32-bit times.");
        }

        return this with { Time = time };
    }

    /// <summary>
    /// Lets the last sample last until the fragment ends at <paramref name="end"/> (ticks): nothing changed on the screen until then.
    /// Left as it is where the fragment has no field for that, or the last sample would end before it begins.
    /// </summary>
    public VideoFragment EndAt(Span<byte> fragment, long end)
    {
        if (LastDurationOffset < 0) { return this; }

        var last = BinaryPrimitives.ReadUInt32BigEndian(fragment[LastDurationOffset..]);
        var wanted = last + (end - (Time + Duration));
        if (wanted is <= 0 or > uint.MaxValue) { return this; }

        BinaryPrimitives.WriteUInt32BigEndian(fragment[LastDurationOffset..], (uint)wanted);
        return this with { Duration = end - Time };
    }

    /// <summary>Defaults of the fragment (<c>tfhd</c>), else of the track (<c>trex</c>). <paramref name="DurationOffset"/> is −1 where tfhd has none.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct FragmentHeader(uint Duration, uint Flags, int DurationOffset)
    {
        public static FragmentHeader Read(ReadOnlySpan<byte> data, Mp4Box tfhd, VideoInitialization initialization)
        {
            var present = BinaryPrimitives.ReadUInt32BigEndian(data[tfhd.BodyOffset..]);
            var at = tfhd.BodyOffset + 8;
            if ((present & 0x1) != 0) { at += 8; } // base data offset
            if ((present & 0x2) != 0) { at += 4; } // sample description
            var (duration, flags, durationOffset) = (initialization.DefaultDuration, initialization.DefaultFlags, -1);
            if ((present & 0x8) != 0) { (duration, durationOffset, at) = (BinaryPrimitives.ReadUInt32BigEndian(data[at..]), at, at + 4); }
            if ((present & 0x10) != 0) { at += 4; } // size
            if ((present & 0x20) != 0) { flags = BinaryPrimitives.ReadUInt32BigEndian(data[at..]); }
            return new(duration, flags, durationOffset);
        }
    }

    /// <summary>The samples (<c>trun</c>). <paramref name="LastDurationOffset"/> is −1 where no field belongs to the last sample alone.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct SampleRun(long Duration, uint FirstFlags, int LastDurationOffset)
    {
        public static SampleRun Read(ReadOnlySpan<byte> data, Mp4Box trun, FragmentHeader header)
        {
            var present = BinaryPrimitives.ReadUInt32BigEndian(data[trun.BodyOffset..]);
            var count = BinaryPrimitives.ReadUInt32BigEndian(data[(trun.BodyOffset + 4)..]);
            if (count == 0) { throw new InvalidDataException("A fragment has no samples."); }

            var at = trun.BodyOffset + 8;
            if ((present & 0x1) != 0) { at += 4; } // data offset
            uint? first = null;
            if ((present & 0x4) != 0) { (first, at) = (BinaryPrimitives.ReadUInt32BigEndian(data[at..]), at + 4); }

            var (hasDuration, hasSize, hasFlags, hasOffset) = ((present & 0x100) != 0, (present & 0x200) != 0, (present & 0x400) != 0, (present & 0x800) != 0);
            if (hasFlags) { first ??= BinaryPrimitives.ReadUInt32BigEndian(data[(at + (hasDuration ? 4 : 0) + (hasSize ? 4 : 0))..]); }
            if (!hasDuration) { return new((long)header.Duration * count, first ?? header.Flags, count == 1 ? header.DurationOffset : -1); }

            var each = 4 + (hasSize ? 4 : 0) + (hasFlags ? 4 : 0) + (hasOffset ? 4 : 0);
            if (count > (trun.End - at) / each) { throw new InvalidDataException($"A run says that it has {count} samples; it has room for {(trun.End - at) / each}."); }

            var duration = 0L;
            for (var sample = 0; sample < count; sample++, at += each) { duration += BinaryPrimitives.ReadUInt32BigEndian(data[at..]); }
            return new(duration, first ?? header.Flags, at - each);
        }
    }
}
