using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Tests.Live;

/// <summary>C8: what follows from who is in a session, and what they decided.</summary>
public sealed class AttendanceTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData(ParticipantState.Deciding)]
    [InlineData(ParticipantState.Declined)]
    [InlineData(ParticipantState.Silent)]
    public void Whoever_is_there_and_has_not_allowed_it_pauses_the_recording(ParticipantState state) =>
        Assert.Equal((SessionState.Paused, GapReason.AwaitingConsent), Settled(SessionState.Recording, One("p1"), One("p2", state)));

    [Theory]
    [InlineData(ParticipantState.Invited)]
    [InlineData(ParticipantState.Left)]
    [InlineData(ParticipantState.Allowed)]
    public void Who_never_came_or_left_or_allowed_it_does_not(ParticipantState state) =>
        Assert.Equal((SessionState.Recording, null), Settled(SessionState.Paused, One("p1"), One("p2", state)));

    [Fact]
    public void A_missing_consent_weighs_more_than_any_pause_because_nobody_present_can_lift_it()
    {
        var (p1, p2) = (One("p1"), One("p2", ParticipantState.Deciding));
        p1.Paused = true;
        Assert.Equal((SessionState.Paused, GapReason.AwaitingConsent), Settled(SessionState.Recording, p1, p2));
        p2.State = ParticipantState.Allowed;
        Assert.Equal((SessionState.Paused, GapReason.PausedByPerson), Settled(SessionState.Paused, p1, p2));
    }

    [Fact]
    public void Before_the_first_consent_a_session_waits_for_everybody_who_joined()
    {
        Assert.Equal((SessionState.AwaitingConsent, null), Settled(SessionState.Invited, One("p1", ParticipantState.Deciding)));
        Assert.Equal((SessionState.Paused, GapReason.AwaitingConsent), Settled(SessionState.AwaitingConsent, One("p1"), One("p2", ParticipantState.Deciding)));
        Assert.Equal((SessionState.AwaitingConsent, null), Settled(SessionState.AwaitingConsent, One("p1", ParticipantState.Declined), One("p2", ParticipantState.Deciding)));
    }

    [Fact]
    public void A_minor_is_recorded_only_when_the_guardian_has_allowed_it_too_even_before_the_guardian_comes()
    {
        Assert.Equal(GapReason.AwaitingConsent, Settled(SessionState.AwaitingConsent, Minor("p1"), One("g1", ParticipantState.Invited)).Because);
        Assert.Equal(GapReason.AwaitingConsent, Settled(SessionState.AwaitingConsent, Minor("p1")).Because); // the guardian was never invited
        Assert.Equal(GapReason.AwaitingConsent, Settled(SessionState.AwaitingConsent, Minor("p1"), One("g2")).Because); // somebody else's guardian
        Assert.Equal((SessionState.Recording, null), Settled(SessionState.AwaitingConsent, Minor("p1"), One("g1")));
    }

    [Theory]
    [InlineData(ParticipantState.Declined)]
    [InlineData(ParticipantState.Silent)]
    public void Without_the_guardian_there_is_nothing_to_wait_for(ParticipantState guardian)
    {
        var minor = Minor("p1");
        (minor.State, minor.ConsentAt) = (ParticipantState.Deciding, null);
        Assert.Equal(guardian is ParticipantState.Declined ? SessionState.Declined : SessionState.Expired, Settled(SessionState.AwaitingConsent, minor, One("g1", guardian)).State);
        Assert.Equal(SessionState.Ending, Settled(SessionState.Paused, Minor("p1"), One("g1", guardian)).State);
    }

    [Fact]
    public void A_guardian_alone_is_nobody_to_record()
    {
        Assert.Equal(SessionState.AwaitingConsent, Settled(SessionState.Invited, Minor("p1", ParticipantState.Invited), One("g1", ParticipantState.Deciding)).State);
        Assert.Equal(SessionState.Ending, Settled(SessionState.Recording, Minor("p1", ParticipantState.Left), One("g1")).State);
    }

    [Theory]
    [InlineData(ParticipantState.Declined, SessionState.Declined)]
    [InlineData(ParticipantState.Silent, SessionState.Expired)]
    [InlineData(ParticipantState.Left, SessionState.Expired)]
    public void When_nobody_is_left_who_may_allow_it_an_invitation_is_over_and_no_code_works(ParticipantState last, SessionState state)
    {
        var session = Session(SessionState.AwaitingConsent, One("p1", last), One("p2", ParticipantState.Invited));
        session.Settle(recorderIsThere: true, Now);
        Assert.Equal(state, session.State);
        Assert.Empty(session.CodeHash);
        Assert.All(session.Participants, participant => Assert.Empty(participant.CodeHash));
    }

    [Theory]
    [InlineData(SessionState.Ending)]
    [InlineData(SessionState.Recorded)]
    [InlineData(SessionState.Declined)]
    [InlineData(SessionState.Purged)]
    public void What_is_over_stays_over(SessionState state) => Assert.Equal(state, Settled(state, One("p1"), One("p2", ParticipantState.Deciding)).State);

    private static (SessionState State, string? Because) Settled(SessionState state, params Participant[] people)
    {
        var session = Session(state, people);
        session.Settle(recorderIsThere: true, Now);
        return (session.State, session.PausedBecause);
    }

    private static Participant One(string name, ParticipantState state = ParticipantState.Allowed) => new()
    {
        Session = Guid.Empty,
        Name = name,
        State = state,
        CodeHash = [2],
        JoinedAt = state is ParticipantState.Invited ? null : Now,
        ConsentAt = state is ParticipantState.Allowed ? Now : null,
    };

    private static Participant Minor(string name, ParticipantState state = ParticipantState.Allowed)
    {
        var person = One(name, state);
        person.NeedsGuardian = true;
        return person;
    }

    private static RecordedSession Session(SessionState state, params Participant[] people) => new()
    {
        Id = Guid.Empty,
        Technician = "tina",
        CreatedAt = Now,
        CodeExpiresAt = Now,
        CodeHash = [1],
        Region = "local",
        State = state,
        ConsentAt = people.Max(person => person.ConsentAt) ?? (state is SessionState.Invited or SessionState.AwaitingConsent ? null : Now),
        PausedBecause = state is SessionState.Paused ? GapReason.AwaitingConsent : null,
        Participants = [.. people],
    };
}
