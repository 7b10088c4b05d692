using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>The rules of a live session, without a clock, a database or a network: what follows from what.</summary>
internal static class LiveRules
{
    /// <summary>Unseen for so long, a participant's page counts as gone, and nothing is captured.</summary>
    public static readonly TimeSpan PersonIsGoneAfter = TimeSpan.FromSeconds(10);

    /// <summary>Gone for so long, the session ends.</summary>
    public static readonly TimeSpan SessionEndsAfter = TimeSpan.FromMinutes(2);

    /// <summary>What a recorder must do now. Fails closed: it captures only while the session is recording, which everybody's page then shows, and all those pages were just heard of.</summary>
    /// <param name="unseen">Since the page was last heard of that was heard of least; null: one never was.</param>
    public static (string Phase, string? Reason) Phase(Standing standing, TimeSpan? unseen) => standing.State switch
    {
        SessionState.Invited or SessionState.AwaitingConsent or SessionState.Ready => (ControlPhase.Waiting, null),
        SessionState.Recording when unseen < PersonIsGoneAfter => (ControlPhase.Record, null),
        SessionState.Recording => (ControlPhase.Pause, GapReason.Lost),
        SessionState.Paused => (ControlPhase.Pause, standing.PausedBecause ?? GapReason.Lost),
        SessionState.Ending => (ControlPhase.End, standing.End ?? TrackEnd.Ended),
        _ => (ControlPhase.Closed, standing.End),
    };

    /// <summary>What time and presence do to a session by themselves.</summary>
    /// <param name="unseen">Since the page was last heard of that was heard of least, or since this server watches.</param>
    public static LiveStep NextStep(Standing standing, TimeSpan unseen, bool recorderConnected) => standing.State switch
    {
        SessionState.Ready or SessionState.Recording or SessionState.Paused when unseen >= SessionEndsAfter => LiveStep.EndConnectionLost,
        SessionState.Ready or SessionState.Recording when unseen >= PersonIsGoneAfter => LiveStep.PauseLost,
        SessionState.Paused when standing.PausedBecause == GapReason.Lost && unseen < PersonIsGoneAfter => LiveStep.ResumeFound,
        SessionState.Ready when recorderConnected => LiveStep.BeginRecording,
        _ => LiveStep.None,
    };

    /// <summary>A participant pauses. Others may have paused too: each of them resumes for themselves.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Pause(RecordedSession session, string participant, DateTimeOffset now)
    {
        var person = session.Of(participant);
        if (!IsOpen(session) || person is not { State: ParticipantState.Allowed, Paused: false }) { return false; }

        person.Paused = true;
        session.Settle(recorderIsThere: false, now);
        return true;
    }

    /// <summary>Takes back the participant's own pause, and nothing else: what somebody else paused stays paused.</summary>
    public static bool Resume(RecordedSession session, string participant, bool recorderConnected, DateTimeOffset now)
    {
        var person = session.Of(participant);
        if (!IsOpen(session) || !person.Paused) { return false; }

        person.Paused = false;
        session.Settle(recorderConnected, now);
        return true;
    }

    /// <summary>The technician pauses.</summary>
    public static bool PauseByTechnician(RecordedSession session, DateTimeOffset now)
    {
        if (!IsOpen(session) || session.PausedByTechnician) { return false; }

        session.PausedByTechnician = true;
        session.Settle(recorderIsThere: false, now);
        return true;
    }

    /// <summary>The technician takes back their own pause.</summary>
    public static bool ResumeByTechnician(RecordedSession session, bool recorderConnected, DateTimeOffset now)
    {
        if (!IsOpen(session) || !session.PausedByTechnician) { return false; }

        session.PausedByTechnician = false;
        session.Settle(recorderConnected, now);
        return true;
    }

    /// <summary>A page is gone. A pause that somebody chose is never weakened to a lost connection.</summary>
    public static bool PauseLost(RecordedSession session)
    {
        if (session.State is not (SessionState.Ready or SessionState.Recording)) { return false; }

        (session.State, session.PausedBecause) = (SessionState.Paused, GapReason.Lost);
        return true;
    }

    /// <summary>All pages are back.</summary>
    public static bool ResumeFound(RecordedSession session, bool recorderConnected)
    {
        if (session.State is not SessionState.Paused || session.PausedBecause != GapReason.Lost) { return false; }

        (session.State, session.PausedBecause) = (recorderConnected ? SessionState.Recording : SessionState.Ready, null);
        return true;
    }

    /// <summary>A participant leaves, by their own act: the recording may go on without them. Without any person who allowed it, or may, it ends.</summary>
    public static bool Leave(RecordedSession session, string participant, bool recorderConnected, DateTimeOffset now)
    {
        var person = session.Of(participant);
        if (!person.IsHere) { return false; }

        (person.State, person.Paused) = (ParticipantState.Left, false);
        session.Settle(recorderConnected, now);
        return true;
    }

    /// <summary>A participant who is deciding says no.</summary>
    public static bool Decline(RecordedSession session, string participant, DateTimeOffset now)
    {
        var person = session.Of(participant);
        if (person.State is not ParticipantState.Deciding || !IsOpen(session)) { return false; }

        person.State = ParticipantState.Declined;
        session.Settle(recorderIsThere: false, now); // who declined stands against it as long as they are there
        return true;
    }

    /// <summary>A participant takes back what they allowed: the session ends for everybody. While it is ending already, it is still noted that they did.</summary>
    public static bool Withdraw(RecordedSession session, string participant, DateTimeOffset now)
    {
        var person = session.Of(participant);
        if (person is not { ConsentAt: not null, WithdrawnAt: null } || !(IsOpen(session) || session.State is SessionState.Ending)) { return false; }

        person.WithdrawnAt = now;
        if (IsOpen(session)) { session.End(TrackEnd.Withdrawn, now); }
        return true;
    }

    /// <summary>Ends. Before the first consent there is nothing to finish: the invitation is over.</summary>
    public static bool End(RecordedSession session, string end, DateTimeOffset now)
    {
        switch (session.State)
        {
            case SessionState.Invited or SessionState.AwaitingConsent:
                session.State = SessionState.Expired;
                session.Detail = "Ended before the person decided. Nothing was recorded.";
                session.VoidCodes();
                return true;
            case SessionState.Ready or SessionState.Recording or SessionState.Paused:
                session.End(end, now);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether anybody can still join, decide, pause or leave.</summary>
    public static bool IsOpen(RecordedSession session) =>
        session.State is SessionState.Invited or SessionState.AwaitingConsent or SessionState.Ready or SessionState.Recording or SessionState.Paused;
}

/// <summary>What time and presence do to a session.</summary>
internal enum LiveStep
{
    None,
    BeginRecording,
    PauseLost,
    ResumeFound,
    EndConnectionLost,
}
