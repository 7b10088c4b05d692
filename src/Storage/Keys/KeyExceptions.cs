namespace SecureRecorder.Storage.Keys;

/// <summary>A data key does not unwrap with the KEK at hand, however often it is tried. The message names both.</summary>
public sealed class KeyUnwrapException : Exception
{
    public KeyUnwrapException() { }
    public KeyUnwrapException(string message) : base(message) { }
    public KeyUnwrapException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>A key vault does not do its work now: it is unreachable, throttles, fails, or refuses the server's credential. Nothing is lost; worth another try.</summary>
public sealed class KeyServiceException : Exception
{
    public KeyServiceException() { }
    public KeyServiceException(string message) : base(message) { }
    public KeyServiceException(string message, Exception inner) : base(message, inner) { }

    /// <param name="key">Address of the vault's key.</param>
    /// <param name="why">In words, for the operator.</param>
    public KeyServiceException(string key, string why, Exception? inner = null)
        : base($"The key vault of '{key}' cannot be used now: {why}", inner) => (Key, Why) = (key, why);

    /// <summary>Address of the vault's key.</summary>
    public string Key { get; } = "";

    /// <summary>What it answered, or that it did not.</summary>
    public string Why { get; } = "";

    /// <summary>How long it asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same call may succeed in a moment: false where the credential is refused.</summary>
    public bool IsTransient { get; init; } = true;
}
