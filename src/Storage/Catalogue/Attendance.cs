using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>What follows for a session from who is in it and what they decided. Without a clock, a database or a network.</summary>
public static class Attendance
{
    /// <exception cref="InvalidOperationException">The session has no such participant.</exception>
    public static Participant Of(this RecordedSession session, string name) =>
        session.Participants.FirstOrDefault(p => p.Name == name) ?? throw new InvalidOperationException($"Session {session.Id} has no participant '{name}'.");

    /// <summary>Whether somebody who is in the session has not allowed it, or is a minor whose guardian has not. Who was invited and has not come keeps nobody waiting.</summary>
    public static bool AwaitsConsent(this RecordedSession session) =>
        session.Participants.Any(p => p.IsHere && (p.State is not ParticipantState.Allowed || (p.NeedsGuardian && session.GuardianOf(p)?.ConsentAt is null)));

    /// <summary>Why nothing is recorded now, one of <see cref="GapReason"/>; null: nobody stands against it. What nobody present can lift comes first.</summary>
    public static string? ReasonToPause(this RecordedSession session) => session switch
    {
        _ when session.AwaitsConsent() => GapReason.AwaitingConsent,
        _ when session.Participants.Any(p => p.Paused && p.IsHere) => GapReason.PausedByPerson,
        { PausedByTechnician: true } => GapReason.PausedByTechnician,
        _ => null,
    };

    /// <summary>Gives the session the state that follows, after a participant or the technician changed something.</summary>
    /// <param name="recorderIsThere">Whether recording can go on at once.</param>
    public static void Settle(this RecordedSession session, bool recorderIsThere, DateTimeOffset now)
    {
        if (session.State is SessionState.Invited && session.Participants.Any(p => p.JoinedAt is not null)) { session.State = SessionState.AwaitingConsent; }
        if (session.State is not (SessionState.AwaitingConsent or SessionState.Ready or SessionState.Recording or SessionState.Paused)) { return; }
        if (!session.CanBeRecorded()) { session.Close(now); return; }
        if (session.ConsentAt is null) { return; }

        if (session.ReasonToPause() is { } reason)
        {
            (session.State, session.PausedBecause) = (SessionState.Paused, reason);
        }
        else if (session.State is SessionState.AwaitingConsent || (session.State is SessionState.Paused && session.PausedBecause != GapReason.Lost))
        {
            (session.State, session.PausedBecause) = (recorderIsThere ? SessionState.Recording : SessionState.Ready, null);
        }
    }

    /// <summary>Ends what nobody is left to allow: declined or expired before the first consent, ended after it.</summary>
    public static void Close(this RecordedSession session, DateTimeOffset now)
    {
        if (session.ConsentAt is not null) { session.End(TrackEnd.Ended, now); return; }

        session.State = session.Participants.Any(p => p.State is ParticipantState.Declined) ? SessionState.Declined : SessionState.Expired;
        session.EndedAt = now;
        session.KeepUntil = null;
        session.VoidCodes();
    }

    /// <summary>Nothing is captured any more; the recorder stores the rest.</summary>
    /// <param name="end">One of <see cref="TrackEnd"/>.</param>
    public static void End(this RecordedSession session, string end, DateTimeOffset now)
    {
        session.State = SessionState.Ending;
        session.End = end;
        session.EndedAt = now;
        session.PausedBecause = null;
        session.VoidCodes();
    }

    /// <summary>No code of the session works any more.</summary>
    public static void VoidCodes(this RecordedSession session)
    {
        session.CodeHash = [];
        foreach (var participant in session.Participants) { participant.CodeHash = []; }
    }

    /// <summary>Whether a person is there who allowed it or may yet, and whose guardian, where they need one, did or may.</summary>
    private static bool CanBeRecorded(this RecordedSession session)
    {
        var nobodyCame = !session.Participants.Any(p => !p.IsGuardian && p.JoinedAt is not null); // a guardian may be the first
        return session.Participants.Any(p => !p.IsGuardian && session.GuardianMayAllow(p)
            && (p.State is ParticipantState.Deciding or ParticipantState.Allowed || (p.State is ParticipantState.Invited && nobodyCame)));
    }

    private static bool GuardianMayAllow(this RecordedSession session, Participant person) =>
        !person.NeedsGuardian || session.GuardianOf(person) is null or { ConsentAt: not null } or { State: ParticipantState.Invited or ParticipantState.Deciding };

    private static Participant? GuardianOf(this RecordedSession session, Participant person) =>
        session.Participants.FirstOrDefault(p => p.Name == Participant.GuardianOf(person.Name));
}
