using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Xunit;

namespace SecureRecorder.TestServers;

/// <summary>A real S3 server (Ceph) of the test assembly's own: fresh, on free loopback ports, with random keys.</summary>
/// <remarks>Use it as an assembly fixture: one server serves all tests, each with buckets of its own.</remarks>
public sealed class S3Server : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(1);
    private readonly string script = Repository.File("deploy/local-s3.sh");
    private readonly string data = Path.Combine(Path.GetTempPath(), "s3-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
    private Dictionary<string, string> environment = [];
    private AmazonS3Client? owner;

    /// <summary>The plain HTTP endpoint, on loopback.</summary>
    public Uri Endpoint => new(Setting("S3_ENDPOINT"));

    /// <summary>The same server through TLS, with the certificate of <see cref="TlsCertificate"/>.</summary>
    public Uri TlsEndpoint => new(Setting("S3_TLS_ENDPOINT"));

    /// <summary>Path of the self-signed certificate (PEM).</summary>
    public string TlsCertificate => Setting("S3_TLS_CERTIFICATE");

    /// <summary>The server's only region.</summary>
    public string Region => Setting("S3_REGION");

    public string AccessKey => Setting("S3_ACCESS_KEY");

    public string SecretKey => Setting("S3_SECRET_KEY");

    /// <summary>Another account of the same server, with no rights to the first one's buckets.</summary>
    public string StrangerAccessKey => Setting("S3_STRANGER_ACCESS_KEY");

    public string StrangerSecretKey => Setting("S3_STRANGER_SECRET_KEY");

    /// <summary>A client with the owner's keys, to arrange and to check what the code under test did.</summary>
    public AmazonS3Client Owner => owner ?? throw new InvalidOperationException("The S3 server was not started.");

    /// <summary>A name that no bucket has yet.</summary>
    public static string NewBucketName() => "test-" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The settings of a server that records into a bucket of this one.</summary>
    public IReadOnlyDictionary<string, string?> Location(string bucket) => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Location__Kind"] = "s3",
        ["Location__Endpoint"] = Endpoint.ToString(),
        ["Location__Region"] = Region,
        ["Location__Bucket"] = bucket,
        ["Location__AccessKeyId"] = AccessKey,
        ["Location__SecretAccessKey"] = SecretKey,
    };

    /// <summary>Creates an empty bucket and returns its name.</summary>
    public async Task<string> NewBucketAsync(CancellationToken cancellation = default)
    {
        var bucket = NewBucketName();
        await Owner.PutBucketAsync(bucket, cancellation);
        return bucket;
    }

    /// <summary>A client with these keys; the caller disposes it.</summary>
    public AmazonS3Client Client(string accessKey, string secretKey) => new(
        new BasicAWSCredentials(accessKey, secretKey),
        new AmazonS3Config
        {
            ServiceURL = Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = Region,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    /// <summary>Runs <c>radosgw-admin</c> against this server, e.g. to set a quota, and returns what it printed.</summary>
    public Task<string> AdministerAsync(params string[] arguments) =>
        ChildProcess.RunAsync(script, ["admin", "--data", data, "--", .. arguments], CommandLimit);

    public async ValueTask InitializeAsync()
    {
        // it ends with this process, however this process ends
        await ChildProcess.RunAsync(script, ["start", "--data", data, "--store", "memory", "--while-pid", $"{Environment.ProcessId}"], StartLimit);
        var exports = await ChildProcess.RunAsync(script, ["env", "--data", data], CommandLimit);
        environment = exports.Split(['\n', ' ']).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        owner = Client(AccessKey, SecretKey);

        // only the server that was just made knows these keys, and nobody has used it yet
        var buckets = (await owner.ListBucketsAsync()).Buckets;
        if (buckets is { Count: > 0 }) { throw new InvalidOperationException($"{Endpoint} is not a fresh server: it has {buckets.Count} buckets."); }
    }

    public async ValueTask DisposeAsync()
    {
        owner?.Dispose();
        await ChildProcess.RunAsync(script, ["stop", "--data", data], CommandLimit);
        Directory.Delete(data, recursive: true);
    }

    private string Setting(string name) =>
        environment.TryGetValue(name, out var value) ? value : throw new InvalidOperationException("The S3 server was not started.");
}
