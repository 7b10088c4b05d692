using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>A key encryption key that can unwrap: a vault's, or a local key file. Wrapping needs only <see cref="PublicKey"/>.</summary>
public interface IKeyWrapper
{
    /// <summary>What recorders wrap with; cached, so that recording goes on while the vault is away.</summary>
    KekPublicKey PublicKey { get; }

    /// <summary>Unwraps a track's data key. The caller disposes it.</summary>
    /// <exception cref="KeyUnwrapException">Another KEK's key, or one that was altered.</exception>
    ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation);
}

/// <summary>A data key does not unwrap with the KEK at hand. The message names both.</summary>
public sealed class KeyUnwrapException : Exception
{
    public KeyUnwrapException() { }
    public KeyUnwrapException(string message) : base(message) { }
    public KeyUnwrapException(string message, Exception inner) : base(message, inner) { }
}
