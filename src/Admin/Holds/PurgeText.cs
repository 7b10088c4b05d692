using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;

namespace SecureRecorder.Admin.Holds;

/// <summary>How far a purge has come, in words for the organization's people.</summary>
internal static class PurgeText
{
    /// <summary>A purge that a hold stopped: what is gone, and what is kept.</summary>
    public static string Interrupted(PurgeProgress purge)
    {
        var what = purge.Track is { } track ? $"Track {track} of session {purge.Session}" : $"Session {purge.Session}";
        return $"{what}: its keys were being destroyed, so what is left may not open any more. {Counts(purge)}";
    }

    /// <summary>A track that went, or goes, before its session.</summary>
    /// <param name="purge">While it is not done.</param>
    public static string Of(RecordedTrack track, PurgeProgress? purge) => track.PurgedAt is { } at
        ? $"The track {track.Name} was deleted on its date, {HoldText.Day(at)}; a signed certificate says so. The rest stays as long as the session."
        : purge switch
        {
            { HeldSince: not null } => $"The track {track.Name} was being deleted when a legal hold was placed. {Counts(purge)}",
            { Locked: > 0 } => $"The track {track.Name} counts as deleted. {Locked(purge)}",
            _ => $"The track {track.Name} is being deleted: its date is over.",
        };

    /// <summary>What the bucket keeps.</summary>
    public static string Locked(PurgeProgress purge) => purge.LockedUntil is { } until
        ? $"The bucket’s Object Lock keeps {purge.Locked:N0} stored versions until {until.UtcDateTime:d MMMM yyyy, HH:mm} UTC; then they are deleted."
        : $"A legal hold of the bucket’s own keeps {purge.Locked:N0} stored versions; deleting them is tried again on {purge.NotBefore!.Value.UtcDateTime:d MMMM yyyy}.";

    /// <summary>What a month's key means for backups of what was deleted.</summary>
    public static string Backups(ExpiryKey key, DateTimeOffset now)
    {
        var month = new ExpiryMonth(key.Month);
        var due = month.End + DestroyExpiredKeys.Margin;
        var what = $"The key of {month.InWords}, for which what was deleted was wrapped,";
        if (key.DestroyedAt is { } at) { return $"{what} was destroyed on {HoldText.Day(at)}: no backup opens with it any more{(key.RecoverableUntil is { } until ? $", unless the owner of its vault brings it back, who can until {HoldText.Day(until)}" : "")}."; }

        return due <= now
            ? $"{what} was to be destroyed on {HoldText.Day(due)} and is not yet; the page of its location tells an admin what it waits for. Until it is destroyed, a backup of the bucket opens with it."
            : $"{what} is destroyed on {HoldText.Day(due)}, or later if something else hangs on it: until then a backup of the bucket opens with it.";
    }

    private static string Counts(PurgeProgress purge) => $"{purge.Versions + purge.DeleteMarkers:N0} stored versions are gone, {purge.Remaining:N0} are kept.";
}
