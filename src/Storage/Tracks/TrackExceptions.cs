namespace SecureRecorder.Storage.Tracks;

/// <summary>A digest, tag, chain or signature of a track does not match what its writer signed. It is never played silently.</summary>
public sealed class TrackAlteredException : IOException
{
    public TrackAlteredException() { }
    public TrackAlteredException(string message) : base(message) { }
    public TrackAlteredException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>A track's key is gone or cannot be unwrapped: nobody can read it. Deleting the key is how a track is destroyed.</summary>
public sealed class TrackUnreadableException : IOException
{
    public TrackUnreadableException() { }
    public TrackUnreadableException(string message) : base(message) { }
    public TrackUnreadableException(string message, Exception inner) : base(message, inner) { }
}
