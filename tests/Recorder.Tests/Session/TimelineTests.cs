using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Tests.Session;

public sealed class TimelineTests
{
    private readonly Timeline _timeline = new();

    [Fact]
    public void A_gap_lasts_from_its_interruption_until_recording_goes_on()
    {
        _timeline.Interrupt(12.0004, GapReason.PausedByPerson);
        _timeline.Resume(42.5);
        Assert.Equal([new Gap(12, 30.5, GapReason.PausedByPerson)], _timeline.Gaps);
    }

    [Fact]
    public void Another_reason_begins_another_gap_without_a_hole_between()
    {
        _timeline.Interrupt(1, GapReason.Lost);
        _timeline.Interrupt(3, GapReason.PausedByPerson);
        _timeline.Interrupt(4, GapReason.PausedByPerson);
        _timeline.Resume(5);
        Assert.Equal([new Gap(1, 2, GapReason.Lost), new Gap(3, 2, GapReason.PausedByPerson)], _timeline.Gaps);
    }

    [Fact]
    public void A_gap_that_is_open_is_in_no_list_yet()
    {
        _timeline.Interrupt(1, GapReason.Lost);
        Assert.Empty(_timeline.Gaps);
    }

    [Fact]
    public void Nothing_is_no_gap()
    {
        _timeline.Resume(3);
        _timeline.Interrupt(5, GapReason.Lost);
        _timeline.Resume(5);
        Assert.Empty(_timeline.Gaps);
    }
}
