using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Live;

/// <summary>Where a session stands, as the catalogue has it: what streams and pages are told from.</summary>
/// <param name="PausedBecause">Gap reason while paused.</param>
/// <param name="End">How it ends or ended.</param>
/// <param name="Language">Of the notice that the person reads or read; null before there is one.</param>
internal sealed record Standing(SessionState State, string? PausedBecause, string? End, bool HasConsent, bool RecorderJoined, DateTimeOffset? KeepUntil, string? Language, int Version)
{
    public static Standing Of(RecordedSession session) => new(
        session.State, session.PausedBecause, session.End, session.ConsentAt is not null, session.RecorderJoinedAt is not null, session.KeepUntil, session.NoticeLanguage, session.Version);

    /// <summary>Nothing follows.</summary>
    public bool IsOver => State is SessionState.Declined or SessionState.Expired or SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost
        or SessionState.Purging or SessionState.Purged;
}
