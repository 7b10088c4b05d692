namespace SecureRecorder.Recorder.Spool;

/// <summary>What waits in the spool was removed or altered by somebody else. The message names the file.</summary>
internal sealed class SpoolDamagedException : IOException
{
    public SpoolDamagedException() { }
    public SpoolDamagedException(string message) : base(message) { }
    public SpoolDamagedException(string message, Exception inner) : base(message, inner) { }
}
