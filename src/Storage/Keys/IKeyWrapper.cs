using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>A key encryption key that can unwrap: a vault's, or a local key file. Wrapping needs only <see cref="PublicKey"/>.</summary>
public interface IKeyWrapper
{
    /// <summary>What it is called in messages: a vault key's address, a local key's thumbprint.</summary>
    string Id { get; }

    /// <summary>What recorders wrap with; cached, so that recording goes on while the vault is away. It changes when a vault's key is rotated: ask each time.</summary>
    /// <exception cref="KeyServiceException">It is a vault's, was never looked up, and the vault does not answer now.</exception>
    KekPublicKey PublicKey { get; }

    /// <summary>Whether what names this key is unwrapped here. Asks nobody.</summary>
    bool Opens(string kid);

    /// <summary>Unwraps a track's data key. The caller disposes it.</summary>
    /// <exception cref="KeyUnwrapException">It never will: another KEK's key, one that was altered, or a KEK that is gone.</exception>
    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation);
}
