using System.Security.Cryptography;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>A KEK in a file of its owner's (RSA, PKCS#8 PEM, mode 0600, with or without a passphrase): for evaluation and air-gapped use.</summary>
public sealed class LocalKeyFile : IKeyWrapper, IDisposable
{
    /// <summary>Bits of a new key where nobody says otherwise.</summary>
    public const int NewKeySizeInBits = 3072;

    private readonly RSA _rsa;

    private LocalKeyFile(RSA rsa)
    {
        _rsa = rsa;
        var jwk = RsaPublicJwk.From(rsa);
        PublicKey = new(jwk.Thumbprint, KeyFile.Algorithm, jwk);
    }

    public string Id => PublicKey.Kid;

    public KekPublicKey PublicKey { get; }

    public bool Opens(string kid) => kid == PublicKey.Kid;

    /// <summary>Opens the key, and creates it first where the file does not exist.</summary>
    /// <param name="passphrase">What the file is encrypted with; <see langword="null"/>: it is not.</param>
    /// <exception cref="CryptographicException">Not a private RSA key of an accepted size, or the passphrase is not its.</exception>
    /// <exception cref="UnauthorizedAccessException">The file can be read by others than its owner.</exception>
    public static LocalKeyFile OpenOrCreate(string path, string? passphrase = null)
    {
        if (!File.Exists(path)) { Create(path, passphrase); }
        return Open(path, passphrase);
    }

    /// <summary>Makes a key. Never overwrites.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    /// <exception cref="CryptographicException">The passphrase is too short or too long, or no key has this size.</exception>
    public static void Create(string path, string? passphrase, int sizeInBits = NewKeySizeInBits)
    {
        if (!KekPublicKey.KeySizes.Contains(sizeInBits)) { throw new CryptographicException($"A key has {string.Join(" or ", KekPublicKey.KeySizes)} bits, not {sizeInBits}."); }
        if (passphrase is { Length: < Passphrase.Shortest or > Passphrase.Longest }) { throw new CryptographicException($"The passphrase has {passphrase.Length} characters; a new key takes {Passphrase.Shortest} to {Passphrase.Longest}."); }

        using var created = RSA.Create(sizeInBits);
        OwnerOnlyFile.Create(path, PrivatePem.Write(created, passphrase));
    }

    /// <summary>Opens an existing key.</summary>
    /// <inheritdoc cref="OpenOrCreate" path="/param"/>
    /// <inheritdoc cref="OpenOrCreate" path="/exception"/>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static LocalKeyFile Open(string path, string? passphrase = null)
    {
        var pem = OwnerOnlyFile.Read(path, "key encryption key");
        var rsa = RSA.Create();
        try
        {
            PrivatePem.Read(rsa, pem, passphrase);
            if (!KekPublicKey.KeySizes.Contains(rsa.KeySize)) { throw new CryptographicException($"it has {rsa.KeySize} bits"); }
            rsa.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pss); // a public half alone cannot
            return new(rsa);
        }
        catch (CryptographicException refused)
        {
            rsa.Dispose();
            throw new CryptographicException($"'{path}' is not a private RSA key of {string.Join(" or ", KekPublicKey.KeySizes)} bits in PKCS#8 PEM that opens: {refused.Message}.", refused);
        }
    }

    /// <inheritdoc/>
    public ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation)
    {
        var sealedBytes = WrappedKey.BytesFor(this, wrapped);
        byte[]? bytes = null;
        try
        {
            lock (_rsa) { bytes = _rsa.Decrypt(sealedBytes, RSAEncryptionPadding.OaepSHA256); }
            return ValueTask.FromResult(DataKey.From(bytes));
        }
        catch (Exception refused) when (refused is ArgumentException or CryptographicException)
        {
            throw WrappedKey.Altered(this, wrapped, null);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public void Dispose() => _rsa.Dispose();
}
