using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>The public half of a KEK: all that a recorder gets, so that it can seal and can never open.</summary>
/// <param name="Kid">The KEK's identifier, as <c>key.json</c> names it.</param>
/// <param name="Alg">Always <c>RSA-OAEP-256</c>.</param>
/// <param name="Jwk">The RSA key.</param>
public sealed record KekPublicKey(string Kid, string Alg, RsaPublicJwk Jwk)
{
    /// <summary>Bits that a KEK may have.</summary>
    public static readonly IReadOnlyList<int> KeySizes = [3072, 4096];

    /// <summary>Wraps a data key: RSA-OAEP with SHA-256 for hash and MGF1, empty label.</summary>
    /// <exception cref="CryptographicException">Not an RSA key of an accepted size, or another algorithm.</exception>
    public KeyFile Wrap(Guid session, TrackName track, DataKey key)
    {
        if (Alg != KeyFile.Algorithm) { throw new CryptographicException($"The key encryption key asks for '{Alg}'; only {KeyFile.Algorithm} is known."); }

        using var rsa = Jwk.ToRsa();
        return new(KeyFile.FormatName, session, track.Value, Alg, Kid, Base64Url.EncodeToString(rsa.Encrypt(key.Bytes, RSAEncryptionPadding.OaepSHA256)));
    }
}

/// <summary>An RSA public key as a JSON Web Key.</summary>
/// <remarks>Source: RFC 7517, RFC 7518 §6.3.</remarks>
public sealed record RsaPublicJwk(
    [property: JsonPropertyName("kty")] string KeyType,
    [property: JsonPropertyName("n")] string Modulus,
    [property: JsonPropertyName("e")] string Exponent)
{
    private const string AcceptedExponent = "AQAB"; // 65537, as vaults and OpenSSL make them

    /// <summary>Base64url of the RFC 7638 thumbprint (SHA-256).</summary>
    [JsonIgnore]
    public string Thumbprint => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"e":"{{Exponent}}","kty":"{{KeyType}}","n":"{{Modulus}}"}""")));

    internal static RsaPublicJwk From(RSA rsa)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return new("RSA", Base64Url.EncodeToString(parameters.Modulus), Base64Url.EncodeToString(parameters.Exponent));
    }

    /// <exception cref="CryptographicException">Not an RSA key of an accepted size.</exception>
    internal RSA ToRsa()
    {
        try
        {
            if (KeyType != "RSA") { throw new FormatException($"its type is '{KeyType}'"); }
            if (Exponent != AcceptedExponent) { throw new FormatException($"its public exponent is '{Exponent}', not 65537"); }

            var modulus = StrictBase64Url.Decode(Modulus);
            var bits = modulus is [>= 0x80, ..] ? modulus.Length * 8 : 0;
            return KekPublicKey.KeySizes.Contains(bits)
                ? RSA.Create(new RSAParameters { Modulus = modulus, Exponent = StrictBase64Url.Decode(Exponent) })
                : throw new FormatException($"its modulus has {modulus.Length} bytes");
        }
        catch (Exception refused) when (refused is FormatException or ArgumentException)
        {
            throw new CryptographicException($"The key encryption key is not RSA of {string.Join(" or ", KekPublicKey.KeySizes)} bits: {refused.Message}.", refused);
        }
    }
}
