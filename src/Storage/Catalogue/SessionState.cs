namespace SecureRecorder.Storage.Catalogue;

/// <summary>Where a session stands. A state never lies: recorded, partial, failed and lost are different things everywhere.</summary>
public enum SessionState
{
    /// <summary>A code was issued and nobody has redeemed it.</summary>
    Invited,

    /// <summary>Somebody reads the notice, and nobody has allowed it yet.</summary>
    AwaitingConsent,

    /// <summary>Declined, and nobody is left who might allow it. Nothing was recorded.</summary>
    Declined,

    /// <summary>The code or the notice's time ran out. Nothing was recorded.</summary>
    Expired,

    /// <summary>Everybody in the session allowed it; the recorder does not capture yet.</summary>
    Ready,

    Recording,
    Paused,

    /// <summary>Ended; the recorder drains its spool and finishes.</summary>
    Ending,

    /// <summary>Whole: every track has its manifest, in order, without a lost stretch.</summary>
    Recorded,

    /// <summary>Something is missing, or the server had to finish it.</summary>
    Partial,

    /// <summary>Nothing was stored.</summary>
    Failed,

    /// <summary>Something was committed and is not in the bucket.</summary>
    Lost,

    /// <summary>Its keys are being destroyed, then its objects; from here on nobody replays it.</summary>
    Purging,

    /// <summary>Nothing of it is in the bucket any more, and a signed certificate says so. The row is a tombstone.</summary>
    Purged,
}

/// <summary>What states have in common.</summary>
public static class SessionStates
{
    /// <summary>What was recorded is deleted, or is being deleted: nobody replays it.</summary>
    public static bool IsDeleted(this SessionState state) => state is SessionState.Purging or SessionState.Purged;
}
