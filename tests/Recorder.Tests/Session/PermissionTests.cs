using SecureRecorder.Recorder.Session;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Recorder.Tests.Session;

public sealed class PermissionTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Before_the_server_says_anything_nothing_may_be_captured() => Assert.False(Permission.Of(null, _time).May);

    [Theory]
    [InlineData(ControlPhase.Waiting, null, GapReason.AwaitingConsent)]
    [InlineData(ControlPhase.Pause, GapReason.PausedByPerson, GapReason.PausedByPerson)]
    [InlineData(ControlPhase.Pause, GapReason.PausedByTechnician, GapReason.PausedByTechnician)]
    [InlineData(ControlPhase.Pause, "for fun", GapReason.Lost)]
    [InlineData("a phase of a later version", null, GapReason.Lost)]
    public void Any_other_phase_than_record_is_a_no(string phase, string? reason, string gap)
    {
        var permission = Permission.Of(Said(phase, reason, seen: 0), _time);
        Assert.False(permission.May);
        Assert.Equal(gap, permission.Reason);
    }

    [Theory]
    [InlineData(0, 9.9, true)]
    [InlineData(0, 10.0, false)]
    [InlineData(9_999, 0, true)]
    [InlineData(10_000, 0, false)]
    [InlineData(6_000, 3.9, true)]
    [InlineData(6_000, 4.0, false)]
    [InlineData(-60_000, 10.0, false)] // a person seen in the future is seen now
    [InlineData(long.MaxValue, 0, false)]
    [InlineData(long.MinValue, 9.0, true)]
    public void The_person_must_have_been_seen_in_the_last_ten_seconds_of_the_monotonic_clock(long seen, double later, bool may)
    {
        var state = Said(ControlPhase.Record, null, seen);
        _time.Advance(later);
        Assert.Equal(may, Permission.Of(state, _time).May);
    }

    [Fact]
    public void A_person_never_seen_is_a_no() => Assert.False(Permission.Of(Said(ControlPhase.Record, null, seen: null), _time).May);

    [Fact]
    public void A_permission_says_how_long_it_holds()
    {
        var state = Said(ControlPhase.Record, null, seen: 3_000);
        _time.Advance(2);
        Assert.Equal(TimeSpan.FromSeconds(5), Permission.Of(state, _time).Until);
    }

    private ControlState Said(string phase, string? reason, long? seen) => new(new(phase, reason, seen, null, null), _time.GetTimestamp());
}
