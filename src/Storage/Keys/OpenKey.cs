using System.Security.Cryptography;
using Azure.Identity;
using SecureRecorder.Storage.Keys.Kms;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Keys.Stores;
using SecureRecorder.Storage.Keys.Transit;

namespace SecureRecorder.Storage.Keys;

/// <summary>Opens a key encryption key that is named in one word, as command lines do. Credentials of vaults are the machine's: what its environment, identity or tools have.</summary>
public static class OpenKey
{
    /// <summary>What the word may be.</summary>
    public const string Forms = "a PEM file; https://VAULT/keys/NAME[/VERSION] (Azure Key Vault); arn:aws:kms:… (AWS KMS); https://VAULT/v1/MOUNT/keys/NAME (HashiCorp Vault Transit, with the token in VAULT_TOKEN)";

    private const string TokenVariable = "VAULT_TOKEN";

    private enum Kind { File, KeyVault, Kms, Transit }

    /// <param name="passphraseFile">File with the passphrase of a PEM file; without one, <see cref="Passphrase.Variable"/> counts where it is set.</param>
    /// <exception cref="CryptographicException">Not a key that opens; the message says why.</exception>
    /// <exception cref="KeyRefusedException">Not the address of a key, or its vault says that it cannot be one.</exception>
    /// <exception cref="KeyServiceException">The vault does not answer now.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Others than its owner can read it.</exception>
    public static async Task<IKeyWrapper> OfAsync(string key, string? passphraseFile, TimeProvider clock, CancellationToken cancellation)
    {
        Services.ServiceKey? service = KindOf(key) switch
        {
            Kind.Kms => new KmsKey(key, credential: null, endpoint: null, clock),
            Kind.Transit => new TransitKey(key, Token, @namespace: null, clock),
            Kind.KeyVault => new KeyVaultKey(key, new DefaultAzureCredential(includeInteractiveCredentials: false), clock),
            _ => null,
        };
        return service is null ? LocalKeyFile.Open(key, Passphrase.Of(passphraseFile)) : await service.LookedUpAsync(cancellation);
    }

    /// <summary>The store that the key which this word names lies in: other keys lie beside it. It asks nobody.</summary>
    /// <remarks>A folder's keys have the passphrase of the key that was named.</remarks>
    /// <inheritdoc cref="OfAsync" path="/param"/>
    /// <exception cref="KeyRefusedException">Not the address of a key.</exception>
    /// <exception cref="CryptographicException">No passphrase is to be had.</exception>
    public static IKeyStore StoreBeside(string key, string? passphraseFile, TimeProvider clock) => KindOf(key) switch
    {
        Kind.Kms => new KmsKeyStore(KmsKey.RegionOf(key) ?? throw new KeyRefusedException($"'{key}' is not the ARN of a key in AWS KMS."), credential: null, endpoint: null, clock),
        Kind.Transit => new TransitKeyStore(TransitKey.EngineOf(key), Token, @namespace: null, clock),
        Kind.KeyVault => new KeyVaultKeyStore(KeyVaultKey.VaultOf(key), new DefaultAzureCredential(includeInteractiveCredentials: false), clock),
        _ => new LocalKeyStore(Path.GetDirectoryName(Path.GetFullPath(key))!, Passphrase.Of(passphraseFile)),
    };

    private static Kind KindOf(string key) => key switch
    {
        _ when key.StartsWith("arn:", StringComparison.Ordinal) => Kind.Kms,
        _ when !key.StartsWith("https://", StringComparison.Ordinal) && !key.StartsWith("http://", StringComparison.Ordinal) => Kind.File,
        _ when Uri.TryCreate(key, UriKind.Absolute, out var address) && address.AbsolutePath.StartsWith("/v1/", StringComparison.Ordinal) => Kind.Transit,
        _ => Kind.KeyVault,
    };

    private static string Token() => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token ? token : throw new CryptographicException($"the environment variable {TokenVariable} is not set");
}
