namespace SecureRecorder.Storage.Keys;

/// <summary>A vault's key cannot be a key encryption key as it is: of another type or size, disabled, expired, deleted, or not where it should be. The message says what to change.</summary>
public sealed class KeyRefusedException : Exception
{
    public KeyRefusedException() { }
    public KeyRefusedException(string message) : base(message) { }
    public KeyRefusedException(string message, Exception inner) : base(message, inner) { }
}
