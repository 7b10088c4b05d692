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
    private const uint HasDataOffset = 0x1, HasFirstFlags = 0x4, HasDurations = 0x100, HasSizes = 0x200, HasFlags = 0x400, HasOffsets = 0x800; // of trun

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
    /// At least a tick. Left as it is where the last sample has no field of its own (<see cref="WithDurations"/>).
    /// </summary>
    public VideoFragment EndAt(Span<byte> fragment, long end)
    {
        if (LastDurationOffset < 0) { return this; }

        var last = BinaryPrimitives.ReadUInt32BigEndian(fragment[LastDurationOffset..]);
        var wanted = (uint)Math.Clamp(last + (end - (Time + Duration)), 1, uint.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(fragment[LastDurationOffset..], wanted);
        return this with { Duration = Duration - last + wanted };
    }

    /// <summary>The same fragment with a duration for every sample, where all of them share one.</summary>
    /// <returns>Plaintext: the caller zeroes it.</returns>
    public static byte[] WithDurations(ReadOnlySpan<byte> fragment, VideoInitialization initialization)
    {
        var moof = Mp4Box.Require(fragment, Mp4Box.Moof, 0, fragment.Length);
        var traf = Mp4Box.Require(fragment, Mp4Box.Traf, moof.BodyOffset, moof.End);
        var trun = Mp4Box.Require(fragment, Mp4Box.Trun, traf.BodyOffset, traf.End);
        var present = BinaryPrimitives.ReadUInt32BigEndian(fragment[trun.BodyOffset..]);
        var count = (int)BinaryPrimitives.ReadUInt32BigEndian(fragment[(trun.BodyOffset + 4)..]);
        if ((present & HasDurations) != 0) { return fragment.ToArray(); }

        var duration = FragmentHeader.Read(fragment, Mp4Box.Require(fragment, Mp4Box.Tfhd, traf.BodyOffset, traf.End), initialization).Duration;
        var samples = trun.BodyOffset + 8 + ((present & HasDataOffset) != 0 ? 4 : 0) + ((present & HasFirstFlags) != 0 ? 4 : 0);
        var each = (trun.End - samples) / count;
        var more = count * sizeof(uint);
        var result = GC.AllocateUninitializedArray<byte>(fragment.Length + more, pinned: true);
        fragment[..samples].CopyTo(result);
        for (var sample = 0; sample < count; sample++)
        {
            var to = result.AsSpan(samples + sample * (each + sizeof(uint)));
            BinaryPrimitives.WriteUInt32BigEndian(to, duration);
            fragment.Slice(samples + sample * each, each).CopyTo(to[sizeof(uint)..]);
        }

        fragment[trun.End..].CopyTo(result.AsSpan(trun.End + more));
        foreach (var box in new[] { moof, traf, trun }) { BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(box.Offset), box.Length + more); }
        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(trun.BodyOffset), present | HasDurations);
        if ((present & HasDataOffset) != 0)
        {
            var dataOffset = result.AsSpan(trun.BodyOffset + 8);
            BinaryPrimitives.WriteInt32BigEndian(dataOffset, BinaryPrimitives.ReadInt32BigEndian(dataOffset) + more);
        }

        return result;
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
            if ((present & HasDataOffset) != 0) { at += 4; }
            uint? first = null;
            if ((present & HasFirstFlags) != 0) { (first, at) = (BinaryPrimitives.ReadUInt32BigEndian(data[at..]), at + 4); }

            var (hasDuration, hasSize, hasFlags, hasOffset) = ((present & HasDurations) != 0, (present & HasSizes) != 0, (present & HasFlags) != 0, (present & HasOffsets) != 0);
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
