namespace SecureRecorder.Admin.Operation;

/// <summary>The server does not start. The message tells the operator what to change.</summary>
internal sealed class StartRefusedException : Exception
{
    public StartRefusedException() { }
    public StartRefusedException(string message) : base(message) { }
    public StartRefusedException(string message, Exception inner) : base(message, inner) { }
}
