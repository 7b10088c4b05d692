using System.Formats.Asn1;
using System.Security.Cryptography;

namespace SecureRecorder.Storage.Keys;

/// <summary>A private RSA key as PKCS#8 PEM: in clear, or encrypted with a passphrase (PBES2: PBKDF2-HMAC-SHA-512, AES-256-CBC).</summary>
/// <remarks>Source: RFC 5208, RFC 7468, RFC 8018 §6.2 and appendix A.</remarks>
internal static class PrivatePem
{
    /// <summary>Rounds of PBKDF2-SHA-512 that a passphrase is stretched with, at least.</summary>
    public const int Rounds = 600_000;

    /// <summary>Rounds beyond which a file only keeps its reader busy.</summary>
    private const int MostRounds = 20_000_000;

    private const string Clear = "PRIVATE KEY";
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string HmacSha512 = "1.2.840.113549.2.11";

    public static string Write(RSA key, string? passphrase) => passphrase is null
        ? key.ExportPkcs8PrivateKeyPem()
        : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA512, Rounds));

    /// <exception cref="CryptographicException">Not such a key; the message continues "it …".</exception>
    public static void Read(RSA into, string pem, string? passphrase)
    {
        try
        {
            switch (LabelOf(pem))
            {
                case Clear when passphrase is null: into.ImportFromPem(pem); break;
                case Clear: throw new CryptographicException("it is not encrypted, and a passphrase is set for it");
                case Encrypted when passphrase is null: throw new CryptographicException("it is encrypted, and no passphrase is set for it");
                case Encrypted:
                    RequireStrength(pem);
                    Decrypt(into, pem, passphrase);
                    break;
                case "RSA PRIVATE KEY": throw new CryptographicException("it is PKCS#1; convert it with: openssl pkcs8 -topk8 -nocrypt");
                case "CERTIFICATE": throw new CryptographicException("it is a certificate, which has no private key");
                case null: throw new CryptographicException("it is not PEM");
                case var other: throw new CryptographicException($"it is a '{other}'");
            }
        }
        catch (ArgumentException malformed)
        {
            throw new CryptographicException("it is damaged, or holds more than one key", malformed);
        }
    }

    private static void Decrypt(RSA into, string pem, string passphrase)
    {
        try
        {
            into.ImportFromEncryptedPem(pem, passphrase);
        }
        catch (CryptographicException refused)
        {
            throw new CryptographicException("the passphrase is wrong, or the file is damaged", refused);
        }
    }

    private static string? LabelOf(string pem) => PemEncoding.TryFind(pem, out var found) ? pem[found.Label] : null;

    /// <exception cref="CryptographicException">A passphrase can be guessed faster than with <see cref="Rounds"/>.</exception>
    private static void RequireStrength(string pem)
    {
        const string Mend = "encrypt it again with: openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -iter 600000";
        var found = PemEncoding.Find(pem);
        try
        {
            var algorithm = new AsnReader(Convert.FromBase64String(pem[found.Base64Data]), AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (algorithm.ReadObjectIdentifier() is not Pbes2) { throw new CryptographicException($"it is not encrypted as PBES2; {Mend}"); }

            var derivation = algorithm.ReadSequence().ReadSequence();
            if (derivation.ReadObjectIdentifier() is not Pbkdf2) { throw new CryptographicException($"its passphrase is not stretched by PBKDF2; {Mend}"); }

            var parameters = derivation.ReadSequence();
            parameters.ReadOctetString();
            var rounds = parameters.ReadInteger();
            if (parameters.HasData && parameters.PeekTag() == Asn1Tag.Integer) { parameters.ReadInteger(); }
            var digest = parameters.HasData ? parameters.ReadSequence().ReadObjectIdentifier() : "HMAC-SHA-1";
            if (digest is not HmacSha512 || rounds < Rounds || rounds > MostRounds)
            {
                throw new CryptographicException($"its passphrase is stretched by {rounds} rounds of PBKDF2 with {(digest is HmacSha512 ? "SHA-512" : digest)}; it must be {Rounds} to {MostRounds} rounds with SHA-512: {Mend}");
            }
        }
        catch (Exception malformed) when (malformed is AsnContentException or FormatException)
        {
            throw new CryptographicException("it is damaged", malformed);
        }
    }
}
