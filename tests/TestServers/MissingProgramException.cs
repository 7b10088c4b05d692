namespace SecureRecorder.TestServers;

/// <summary>A program that a test needs is not installed. This is a failure of the test, never a reason to skip it.</summary>
public sealed class MissingProgramException : Exception
{
    public MissingProgramException() { }
    public MissingProgramException(string message) : base(message) { }
    public MissingProgramException(string message, Exception inner) : base(message, inner) { }

    internal static MissingProgramException Of(string program, Exception inner) => new(
        $"The program '{program}' is not on PATH. tests/run.sh installs what the tests need (on Debian).", inner);
}
