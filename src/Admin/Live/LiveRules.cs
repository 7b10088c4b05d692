using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Live;

/// <summary>The rules of a live session, without a clock, a database or a network: what follows from what.</summary>
internal static class LiveRules
{
    /// <summary>Unseen for so long, the person's page counts as gone, and nothing is captured.</summary>
    public static readonly TimeSpan PersonIsGoneAfter = TimeSpan.FromSeconds(10);

    /// <summary>Gone for so long, the session ends.</summary>
    public static readonly TimeSpan SessionEndsAfter = TimeSpan.FromMinutes(2);

    /// <summary>What a recorder must do now. Fails closed: it captures only while the session is recording, which the person's page then shows, and that page was just heard of.</summary>
    /// <param name="personUnseen">Since the page was last heard of; null: never.</param>
    public static (string Phase, string? Reason) Phase(Standing standing, TimeSpan? personUnseen) => standing.State switch
    {
        SessionState.Invited or SessionState.AwaitingConsent or SessionState.Ready => (ControlPhase.Waiting, null),
        SessionState.Recording when personUnseen < PersonIsGoneAfter => (ControlPhase.Record, null),
        SessionState.Recording => (ControlPhase.Pause, GapReason.Lost),
        SessionState.Paused => (ControlPhase.Pause, standing.PausedBecause ?? GapReason.Lost),
        SessionState.Ending => (ControlPhase.End, standing.End ?? TrackEnd.Ended),
        _ => (ControlPhase.Closed, standing.End),
    };

    /// <summary>What time and presence do to a session by themselves.</summary>
    /// <param name="personUnseen">Since the page was last heard of, or since this server watches.</param>
    public static LiveStep NextStep(Standing standing, TimeSpan personUnseen, bool recorderConnected) => standing.State switch
    {
        SessionState.Ready or SessionState.Recording or SessionState.Paused when personUnseen >= SessionEndsAfter => LiveStep.EndConnectionLost,
        SessionState.Ready or SessionState.Recording when personUnseen >= PersonIsGoneAfter => LiveStep.PauseLost,
        SessionState.Paused when standing.PausedBecause == GapReason.Lost && personUnseen < PersonIsGoneAfter => LiveStep.ResumeFound,
        SessionState.Ready when recorderConnected => LiveStep.BeginRecording,
        _ => LiveStep.None,
    };

    /// <summary>Pauses. A pause that somebody chose is never weakened to a lost connection; the person's own pause wins over the technician's.</summary>
    /// <returns>Whether anything changed.</returns>
    public static bool Pause(RecordedSession session, string reason)
    {
        var may = session.State is SessionState.Ready or SessionState.Recording
            || (session.State is SessionState.Paused && session.PausedBecause != reason && Weight(reason) > Weight(session.PausedBecause));
        if (!may) { return false; }

        session.State = SessionState.Paused;
        session.PausedBecause = reason;
        return true;
    }

    /// <summary>Resumes what was paused for this reason, and nothing else: only who paused resumes.</summary>
    public static bool Resume(RecordedSession session, string reason, bool recorderConnected)
    {
        if (session.State is not SessionState.Paused || session.PausedBecause != reason) { return false; }

        session.State = recorderConnected ? SessionState.Recording : SessionState.Ready;
        session.PausedBecause = null;
        return true;
    }

    /// <summary>Ends. Before the consent there is nothing to finish: the invitation is over.</summary>
    public static bool End(RecordedSession session, string end, DateTimeOffset now)
    {
        switch (session.State)
        {
            case SessionState.Invited or SessionState.AwaitingConsent:
                session.State = SessionState.Expired;
                session.Detail = "Ended before the person decided. Nothing was recorded.";
                session.CodeHash = [];
                return true;
            case SessionState.Ready or SessionState.Recording or SessionState.Paused:
                session.State = SessionState.Ending;
                session.End = end;
                session.EndedAt = now;
                session.PausedBecause = null;
                session.CodeHash = [];
                return true;
            default:
                return false;
        }
    }

    private static int Weight(string? reason) => reason switch
    {
        GapReason.PausedByPerson => 3,
        GapReason.PausedByTechnician => 2,
        _ => 1,
    };
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
