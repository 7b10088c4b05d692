using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using SecureRecorder.Storage.Keys.Services;

namespace SecureRecorder.Storage.Keys.Kms;

/// <summary>A KEK in AWS KMS: an asymmetric RSA key of 3072 or 4096 bits for ENCRYPT_DECRYPT. The server needs the rights <c>kms:GetPublicKey</c> and <c>kms:Decrypt</c> on it, and no other.</summary>
/// <remarks>Source: AWS KMS API, GetPublicKey and Decrypt with RSAES_OAEP_SHA_256. <c>kid</c> is the key's ARN: asymmetric keys have no versions.</remarks>
public sealed partial class KmsKey : ServiceKey
{
    private readonly AmazonKeyManagementServiceClient _client;

    /// <param name="arn">Of the key itself, not of an alias, which may point elsewhere tomorrow.</param>
    /// <param name="credential"><see langword="null"/>: what the machine has (environment, instance, container, web identity).</param>
    /// <param name="endpoint"><see langword="null"/>: that of the ARN's region.</param>
    /// <exception cref="KeyRefusedException">Not the ARN of a key, or an endpoint that is not https.</exception>
    public KmsKey(string arn, AWSCredentials? credential, string? endpoint, TimeProvider clock) : base(Checked(arn), new(arn, clock)) =>
        _client = KmsClient.Open(RegionOf(arn)!, credential, endpoint);

    /// <summary>The region that an ARN of a key names; <see langword="null"/>: it is not one.</summary>
    public static string? RegionOf(string arn) => Arn().Match(arn) is { Success: true } found ? found.Groups["region"].Value : null;

    /// <summary>Why KMS is not called at this address; <see langword="null"/>: it can be.</summary>
    public static string? EndpointObjection(string endpoint)
    {
        try
        {
            ServiceAddress.Parse(endpoint, "AWS KMS");
            return null;
        }
        catch (KeyRefusedException refused)
        {
            return refused.Message;
        }
    }

    public override bool Opens(string kid) => kid == Id;

    private protected override async Task<KekPublicKey> ReadPublicKeyAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await _client.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = Id }, cancellation);
            if (found.KeyId is { } answered && answered != Id) { throw Unfit($"KMS answers with another key, '{answered}'"); }
            if (found.PublicKey is null) { throw Away("its answer is not the description of a key"); }
            if (found.KeySpec?.Value?.StartsWith("RSA_", StringComparison.Ordinal) != true) { throw Unfit($"its type is '{found.KeySpec}', not RSA of {string.Join(" or ", KekPublicKey.KeySizes)} bits"); }
            if (found.KeyUsage != KeyUsageType.ENCRYPT_DECRYPT) { throw Unfit($"it is for {found.KeyUsage}, not for ENCRYPT_DECRYPT"); }

            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(found.PublicKey.ToArray(), out _);
            return new(Id, KeyFile.Algorithm, RsaPublicJwk.From(rsa));
        }
        catch (AmazonServiceException refused)
        {
            throw KmsFaults.Of(refused) switch
            {
                KmsFault.Gone => Unfit("KMS has no such key, or it was deleted"),
                KmsFault.Disabled => Unfit("it is disabled"),
                KmsFault.WrongState => Unfit($"it cannot be used in its state: {refused.Message}"),
                KmsFault.NotForThis => Unfit($"its type is not RSA of {string.Join(" or ", KekPublicKey.KeySizes)} bits for ENCRYPT_DECRYPT"),
                var fault => Translate(fault, refused),
            };
        }
        catch (CryptographicException malformed)
        {
            throw Away("its answer is not the description of a key", malformed);
        }
    }

    private protected override async Task<byte[]?> DecryptAsync(string kid, byte[] wrapped, CancellationToken cancellation)
    {
        try
        {
            using var blob = new MemoryStream(wrapped);
            var answer = await _client.DecryptAsync(new DecryptRequest { KeyId = Id, CiphertextBlob = blob, EncryptionAlgorithm = EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256 }, cancellation);
            if (answer.Plaintext is not { } plaintext) { throw Away("its answer has no key in it"); }

            using (plaintext)
            {
                var bytes = plaintext.ToArray();
                plaintext.Position = 0;
                if (plaintext.CanWrite) { plaintext.Write(new byte[bytes.Length]); }
                if (answer.KeyId == Id) { return bytes; }

                CryptographicOperations.ZeroMemory(bytes);
                throw Away("its answer is not of the key that was asked for");
            }
        }
        catch (AmazonServiceException refused)
        {
            return KmsFaults.Of(refused) switch
            {
                KmsFault.Altered => null,
                KmsFault.Gone => throw new KeyUnwrapException($"The KEK '{Id}' is not in KMS any more: it was deleted.", refused),
                var fault => throw Translate(fault, refused),
            };
        }
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing) { _client.Dispose(); }
        base.Dispose(disposing);
    }

    private static string Checked(string arn) => RegionOf(arn) is not null ? arn
        : throw new KeyRefusedException($"'{arn}' is not the ARN of a key in AWS KMS: it must be arn:aws:kms:REGION:ACCOUNT:key/ID. Of an alias, name the key that it points to.");

    private KeyServiceException Translate(KmsFault fault, AmazonServiceException refused) => fault switch
    {
        KmsFault.Disabled => Denied("the key is disabled"),
        KmsFault.Denied => Denied($"it refuses this server's credential, or does not let it use the key ({KmsFaults.Describe(refused)})"),
        KmsFault.Throttled => Away("it asks for fewer calls"),
        KmsFault.Nonsense => Away("its answer is not one of AWS KMS"),
        KmsFault.Unavailable => Away(KmsFaults.Describe(refused)),
        _ => Denied(KmsFaults.Describe(refused)),
    };

    [GeneratedRegex("^arn:aws(-[a-z]{1,10}){0,3}:kms:(?<region>[a-z0-9-]{1,40}):[0-9]{12}:key/[0-9a-z-]{1,64}\\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Arn();
}

/// <summary>Makes clients of AWS KMS: retries are not theirs.</summary>
internal static class KmsClient
{
    public static AmazonKeyManagementServiceClient Open(string region, AWSCredentials? credential, string? endpoint)
    {
        var config = new AmazonKeyManagementServiceConfig { MaxErrorRetry = 0, Timeout = TimeSpan.FromMinutes(1) };
        if (endpoint is null) { config.RegionEndpoint = RegionEndpoint.GetBySystemName(region); }
        else { (config.ServiceURL, config.AuthenticationRegion) = (ServiceAddress.Parse(endpoint, "AWS KMS").ToString(), region); }

        return credential is null ? new(config) : new(credential, config);
    }
}
