using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Keys;

namespace SecureRecorder.Storage.Tracks;

/// <summary>An ES256 key pair (P-256) of a writer: the recorder's, of one session and in memory only, or the server's.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _ecdsa;

    private SigningKey(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        Public = PublicSigningKey.From(ecdsa);
    }

    public PublicSigningKey Public { get; }

    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads an unencrypted PKCS#8 PEM.</summary>
    /// <exception cref="CryptographicException">Not a P-256 private key.</exception>
    public static SigningKey FromPem(string pem)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
            var key = new SigningKey(ecdsa);
            key.Sign([]); // a public half alone cannot
            return key;
        }
        catch (Exception refused) when (refused is ArgumentException or CryptographicException)
        {
            ecdsa.Dispose();
            throw new CryptographicException("This is not a P-256 private key in PKCS#8 PEM.", refused);
        }
    }

    /// <summary>The private key as PKCS#8 PEM, for a file that only its owner can read.</summary>
    public string ToPem() => _ecdsa.ExportPkcs8PrivateKeyPem();

    /// <summary>The signature, r ‖ s, <see cref="Jws.SignatureLength"/> bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_ecdsa) { return _ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation); }
    }

    public void Dispose() => _ecdsa.Dispose();
}

/// <summary>The public half, as a JSON Web Key.</summary>
/// <param name="KeyType">Always <c>EC</c>.</param>
/// <param name="Curve">Always <c>P-256</c>.</param>
/// <param name="X">Base64url of 32 bytes.</param>
/// <param name="Y">Base64url of 32 bytes.</param>
/// <remarks>Source: RFC 7517, RFC 7518 §6.2.</remarks>
public sealed record PublicSigningKey(
    [property: JsonPropertyName("kty")] string KeyType,
    [property: JsonPropertyName("crv")] string Curve,
    [property: JsonPropertyName("x")] string X,
    [property: JsonPropertyName("y")] string Y)
{
    private const int CoordinateLength = 32;

    /// <summary>Base64url of the RFC 7638 thumbprint (SHA-256).</summary>
    [JsonIgnore]
    public string Thumbprint => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"{{Curve}}","kty":"{{KeyType}}","x":"{{X}}","y":"{{Y}}"}""")));

    /// <summary>Whether r ‖ s signs these bytes.</summary>
    /// <exception cref="CryptographicException">This is not a point of P-256.</exception>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ToEcdsa();
        return signature.Length == Jws.SignatureLength
            && ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Throws when this is not a point of P-256.</summary>
    /// <exception cref="CryptographicException">Another curve, or a point that is not on it.</exception>
    public void Validate() => ToEcdsa().Dispose();

    internal static PublicSigningKey From(ECDsa ecdsa)
    {
        var parameters = ecdsa.ExportParameters(includePrivateParameters: false);
        return parameters.Curve.IsNamed && parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? new("EC", "P-256", Base64Url.EncodeToString(parameters.Q.X), Base64Url.EncodeToString(parameters.Q.Y))
            : throw new CryptographicException("The key is not on the curve P-256.");
    }

    private ECDsa ToEcdsa()
    {
        if (KeyType != "EC" || Curve != "P-256") { throw new CryptographicException($"The key is '{KeyType}' on '{Curve}', not EC on P-256."); }

        try
        {
            var x = StrictBase64Url.Decode(X);
            var y = StrictBase64Url.Decode(Y);
            if (x.Length != CoordinateLength || y.Length != CoordinateLength) { throw new FormatException("a coordinate is not 32 bytes"); }
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        }
        catch (Exception refused) when (refused is FormatException or ArgumentException)
        {
            throw new CryptographicException("The key is not a point of P-256.", refused);
        }
    }
}
