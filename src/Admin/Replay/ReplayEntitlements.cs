using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>Who may replay what: a technician, the sessions that they started, until they are deleted. An admin is not entitled by being admin.</summary>
internal sealed class ReplayEntitlements
{
    public static bool Allow(string viewer, RecordedSession session) =>
        string.Equals(session.Technician, viewer, StringComparison.Ordinal) && session.State is not (SessionState.Purging or SessionState.Purged);
}
