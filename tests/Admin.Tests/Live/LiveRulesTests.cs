using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Live;

/// <summary>The rules, without clock, database and network.</summary>
public sealed class LiveRulesTests
{
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongGone = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(SessionState.Invited, ControlPhase.Waiting)]
    [InlineData(SessionState.AwaitingConsent, ControlPhase.Waiting)]
    [InlineData(SessionState.Ready, ControlPhase.Waiting)]
    [InlineData(SessionState.Recording, ControlPhase.Record)]
    [InlineData(SessionState.Paused, ControlPhase.Pause)]
    [InlineData(SessionState.Ending, ControlPhase.End)]
    [InlineData(SessionState.Declined, ControlPhase.Closed)]
    [InlineData(SessionState.Expired, ControlPhase.Closed)]
    [InlineData(SessionState.Recorded, ControlPhase.Closed)]
    [InlineData(SessionState.Lost, ControlPhase.Closed)]
    public void A_recorder_is_told_by_the_state(SessionState state, string phase) =>
        Assert.Equal(phase, LiveRules.Phase(At(state), JustNow).Phase);

    [Fact]
    public void A_recorder_captures_only_while_the_page_was_just_seen()
    {
        Assert.Equal((ControlPhase.Pause, GapReason.Lost), LiveRules.Phase(At(SessionState.Recording), Gone));
        Assert.Equal((ControlPhase.Pause, GapReason.Lost), LiveRules.Phase(At(SessionState.Recording), null));
    }

    [Theory]
    [InlineData(SessionState.Recording, 9.9, LiveStep.None)]
    [InlineData(SessionState.Recording, 10, LiveStep.PauseLost)]
    [InlineData(SessionState.Ready, 10, LiveStep.PauseLost)]
    [InlineData(SessionState.Recording, 120, LiveStep.EndConnectionLost)]
    [InlineData(SessionState.Paused, 120, LiveStep.EndConnectionLost)]
    [InlineData(SessionState.Paused, 60, LiveStep.None)]
    [InlineData(SessionState.AwaitingConsent, 120, LiveStep.None)]
    [InlineData(SessionState.Ending, 120, LiveStep.None)]
    [InlineData(SessionState.Recorded, 120, LiveStep.None)]
    public void Silence_pauses_and_then_ends(SessionState state, double seconds, object step) =>
        Assert.Equal((LiveStep)step, LiveRules.NextStep(At(state, GapReason.PausedByPerson), TimeSpan.FromSeconds(seconds), recorderConnected: true));

    [Fact]
    public void Who_comes_back_in_time_is_recorded_again_unless_somebody_chose_the_pause()
    {
        Assert.Equal(LiveStep.ResumeFound, LiveRules.NextStep(At(SessionState.Paused, GapReason.Lost), JustNow, recorderConnected: true));
        Assert.Equal(LiveStep.None, LiveRules.NextStep(At(SessionState.Paused, GapReason.PausedByPerson), JustNow, recorderConnected: true));
        Assert.Equal(LiveStep.None, LiveRules.NextStep(At(SessionState.Paused, GapReason.PausedByTechnician), JustNow, recorderConnected: true));
    }

    [Fact]
    public void Recording_begins_when_the_recorder_is_there()
    {
        Assert.Equal(LiveStep.None, LiveRules.NextStep(At(SessionState.Ready), JustNow, recorderConnected: false));
        Assert.Equal(LiveStep.BeginRecording, LiveRules.NextStep(At(SessionState.Ready), JustNow, recorderConnected: true));
    }

    [Fact]
    public void Only_who_paused_resumes()
    {
        var session = In(SessionState.Recording, Allowed("p1"), Allowed("p2"));
        Assert.True(LiveRules.Pause(session, "p1", Now));
        Assert.False(LiveRules.ResumeByTechnician(session, recorderConnected: true, Now));
        Assert.False(LiveRules.Resume(session, "p2", recorderConnected: true, Now));
        Assert.False(LiveRules.ResumeFound(session, recorderConnected: true));
        Assert.Equal((SessionState.Paused, GapReason.PausedByPerson), (session.State, session.PausedBecause));
        Assert.True(LiveRules.Resume(session, "p1", recorderConnected: true, Now));
        Assert.Equal((SessionState.Recording, null), (session.State, session.PausedBecause));
    }

    [Theory]
    [InlineData("p1", "p2")]
    [InlineData("p2", "p1")]
    public void Of_two_who_paused_both_must_resume(string first, string second)
    {
        var session = In(SessionState.Recording, Allowed("p1"), Allowed("p2"));
        LiveRules.Pause(session, "p1", Now);
        LiveRules.Pause(session, "p2", Now);
        LiveRules.Resume(session, first, recorderConnected: true, Now);
        Assert.Equal(SessionState.Paused, session.State);
        LiveRules.Resume(session, second, recorderConnected: true, Now);
        Assert.Equal(SessionState.Recording, session.State);
    }

    [Fact]
    public void The_persons_pause_is_what_the_gap_says_and_no_pause_is_weakened()
    {
        var session = In(SessionState.Recording, Allowed("p1"));
        Assert.True(LiveRules.PauseByTechnician(session, Now));
        Assert.False(LiveRules.PauseLost(session));
        Assert.True(LiveRules.Pause(session, "p1", Now));
        Assert.Equal(GapReason.PausedByPerson, session.PausedBecause);
        LiveRules.Resume(session, "p1", recorderConnected: true, Now);
        Assert.Equal((SessionState.Paused, GapReason.PausedByTechnician), (session.State, session.PausedBecause)); // the technician's own pause is still there
    }

    [Fact]
    public void Resuming_without_a_recorder_waits_for_it()
    {
        var session = In(SessionState.Ready, Allowed("p1"));
        LiveRules.Pause(session, "p1", Now);
        LiveRules.Resume(session, "p1", recorderConnected: false, Now);
        Assert.Equal(SessionState.Ready, session.State);
    }

    [Theory]
    [InlineData(ParticipantState.Deciding)]
    [InlineData(ParticipantState.Declined)]
    [InlineData(ParticipantState.Silent)]
    [InlineData(ParticipantState.Left)]
    public void Who_has_not_allowed_it_or_is_gone_pauses_nothing(ParticipantState state)
    {
        var session = In(SessionState.Recording, Allowed("p1"), Somebody("p2", state));
        Assert.False(LiveRules.Pause(session, "p2", Now));
        Assert.False(session.Of("p2").Paused);
    }

    [Fact]
    public void A_pause_goes_with_who_leaves()
    {
        var session = In(SessionState.Recording, Allowed("p1"), Allowed("p2"));
        LiveRules.Pause(session, "p2", Now);
        Assert.True(LiveRules.Leave(session, "p2", recorderConnected: true, Now));
        Assert.Equal(SessionState.Recording, session.State);
    }

    [Fact]
    public void The_last_one_who_leaves_ends_it()
    {
        var session = In(SessionState.Recording, Allowed("p1"), Allowed("p2"));
        LiveRules.Leave(session, "p1", recorderConnected: true, Now);
        Assert.Equal(SessionState.Recording, session.State);
        LiveRules.Leave(session, "p2", recorderConnected: true, Now);
        Assert.Equal((SessionState.Ending, TrackEnd.Ended), (session.State, session.End));
        Assert.False(LiveRules.Leave(session, "p2", recorderConnected: true, Now));
    }

    [Theory]
    [InlineData(SessionState.Invited, SessionState.Expired)]
    [InlineData(SessionState.AwaitingConsent, SessionState.Expired)]
    [InlineData(SessionState.Ready, SessionState.Ending)]
    [InlineData(SessionState.Recording, SessionState.Ending)]
    [InlineData(SessionState.Paused, SessionState.Ending)]
    [InlineData(SessionState.Recorded, SessionState.Recorded)]
    [InlineData(SessionState.Declined, SessionState.Declined)]
    public void Ending_leads_where_it_must(SessionState from, SessionState to)
    {
        var session = In(from);
        LiveRules.End(session, TrackEnd.Ended, DateTimeOffset.UnixEpoch);
        Assert.Equal(to, session.State);
    }

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private static Standing At(SessionState state, string? paused = null) =>
        new(state, paused, null, HasConsent: true, ConsentDigest: null, RecorderJoined: true, KeepUntil: null, Chat: ChatKeeping.Session, People: [], Version: 0);

    private static Participant Allowed(string name) => Somebody(name, ParticipantState.Allowed);

    private static Participant Somebody(string name, ParticipantState state) =>
        new() { Session = Guid.Empty, Name = name, State = state, JoinedAt = Now, ConsentAt = state is ParticipantState.Allowed ? Now : null };

    private static RecordedSession In(SessionState state, params Participant[] people) => new()
    {
        Id = Guid.Empty,
        Technician = "tina",
        CreatedAt = Now,
        CodeExpiresAt = Now,
        Region = "local",
        State = state,
        CodeHash = [1],
        ConsentAt = people.Length > 0 ? Now : null,
        Participants = [.. people],
    };
}
