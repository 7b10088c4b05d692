using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>How far a purge has come, in words.</summary>
internal static class PurgeText
{
    /// <summary>A purge that a hold stopped: what is gone, and what is kept.</summary>
    public static string Interrupted(PurgeProgress purge)
    {
        var found = purge.Versions + purge.DeleteMarkers;
        var what = purge.Track is { } track ? $"Track {track} of session {purge.Session}" : $"Session {purge.Session}";
        return $"{what}: its keys were being destroyed, so what is left cannot be opened. {(purge.CountedAt is null ? "Nothing else was deleted." : $"{Math.Max(0, found - purge.Remaining):N0} of {found:N0} stored versions are gone, {purge.Remaining:N0} are kept.")}";
    }
}
