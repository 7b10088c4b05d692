using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>A KEK in a file of its owner's (RSA-3072, PKCS#8 PEM, mode 0600): for evaluation and air-gapped use.</summary>
public sealed class LocalKeyFile : IKeyWrapper, IDisposable
{
    private const int NewKeySizeInBits = 3072;

    private readonly RSA _rsa;

    private LocalKeyFile(RSA rsa)
    {
        _rsa = rsa;
        var jwk = RsaPublicJwk.From(rsa);
        PublicKey = new(jwk.Thumbprint, KeyFile.Algorithm, jwk);
    }

    public KekPublicKey PublicKey { get; }

    /// <summary>Opens the key, and creates it first where the file does not exist.</summary>
    /// <exception cref="CryptographicException">Not a private RSA key of an accepted size.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can be read by others than its owner.</exception>
    public static LocalKeyFile OpenOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            using var created = RSA.Create(NewKeySizeInBits);
            OwnerOnlyFile.Create(path, created.ExportPkcs8PrivateKeyPem());
        }

        return Open(path);
    }

    /// <summary>Opens an existing key.</summary>
    /// <inheritdoc cref="OpenOrCreate" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static LocalKeyFile Open(string path)
    {
        var pem = OwnerOnlyFile.Read(path, "key encryption key");
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            if (!KekPublicKey.KeySizes.Contains(rsa.KeySize)) { throw new CryptographicException($"It has {rsa.KeySize} bits."); }
            rsa.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pss); // a public half alone cannot
            return new(rsa);
        }
        catch (Exception refused) when (refused is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new CryptographicException(
                $"'{path}' is not a private RSA key of {string.Join(" or ", KekPublicKey.KeySizes)} bits in unencrypted PKCS#8 PEM: {refused.Message}", refused);
        }
    }

    /// <inheritdoc/>
    public ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        if (wrapped.Alg != KeyFile.Algorithm) { throw new KeyUnwrapException($"The data key is wrapped with '{wrapped.Alg}'; only {KeyFile.Algorithm} is known."); }
        if (wrapped.Kid != PublicKey.Kid) { throw new KeyUnwrapException($"The data key is wrapped for the KEK '{wrapped.Kid}'; the KEK at hand is '{PublicKey.Kid}'."); }

        byte[]? bytes = null;
        try
        {
            lock (_rsa) { bytes = _rsa.Decrypt(StrictBase64Url.Decode(wrapped.EncryptedKey), RSAEncryptionPadding.OaepSHA256); }
            return ValueTask.FromResult(DataKey.From(bytes));
        }
        catch (Exception refused) when (refused is FormatException or ArgumentException or CryptographicException)
        {
            throw new KeyUnwrapException($"The wrapped data key of track '{wrapped.Track}' of session {wrapped.Session} was altered: the KEK '{PublicKey.Kid}' does not unwrap it.", refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public void Dispose() => _rsa.Dispose();
}
