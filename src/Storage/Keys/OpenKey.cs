using System.Security.Cryptography;

namespace SecureRecorder.Storage.Keys;

/// <summary>Opens a key encryption key that is named in one word, as command lines do.</summary>
public static class OpenKey
{
    /// <summary>What the word may be.</summary>
    public const string Forms = "a PEM file";

    /// <param name="passphraseFile">File with the passphrase of a PEM file; without one, <see cref="Passphrase.Variable"/> counts where it is set.</param>
    /// <exception cref="CryptographicException">Not a key that opens; the message says why.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Others than its owner can read it.</exception>
    public static IKeyWrapper Of(string key, string? passphraseFile = null) => LocalKeyFile.Open(key, Passphrase.Of(passphraseFile));
}
