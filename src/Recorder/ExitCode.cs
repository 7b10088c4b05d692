namespace SecureRecorder.Recorder;

/// <summary>How the command ends; documented by <c>--help</c>.</summary>
internal enum ExitCode
{
    /// <summary>Recorded (or, for <c>drain</c>: nothing is left in the spool).</summary>
    Done = 0,

    /// <summary>A fault of the program.</summary>
    Fault = 1,

    /// <summary>Wrong options.</summary>
    Usage = 2,

    /// <summary>The code is not valid, or too many were tried.</summary>
    CodeRefused = 3,

    /// <summary>No consent: declined, expired, or ended before it was given.</summary>
    NoConsent = 4,

    /// <summary>The screen cannot be captured, or the indicator not shown on it.</summary>
    CannotCapture = 5,

    /// <summary>The server cannot be reached, or refused.</summary>
    ServerRefused = 6,

    /// <summary>Recorded, with something missing.</summary>
    Partial = 7,

    /// <summary>Nothing was stored, or something was lost.</summary>
    Failed = 8,

    /// <summary>The consent could not be verified.</summary>
    ConsentNotVerified = 9,

    /// <summary>Stopped while something waits in the spool.</summary>
    LeftInSpool = 10,
}
