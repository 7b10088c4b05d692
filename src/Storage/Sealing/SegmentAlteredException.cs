namespace SecureRecorder.Storage.Sealing;

/// <summary>A sealed segment is not what was sealed. No byte of the damaged chunk was released.</summary>
public sealed class SegmentAlteredException : IOException
{
    public SegmentAlteredException() { }
    public SegmentAlteredException(string message) : base(message) { }
    public SegmentAlteredException(string message, Exception inner) : base(message, inner) { }
}
