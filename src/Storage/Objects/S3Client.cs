using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Clients of one location, with the settings that every S3-compatible server understands.</summary>
internal static class S3Client
{
    private const int Retries = 2;

    public static AmazonS3Client Create(S3LocationOptions location, Func<HttpMessageHandler>? handler)
    {
        var configuration = new AmazonS3Config
        {
            ServiceURL = location.Endpoint!.AbsoluteUri,
            ForcePathStyle = true,
            AuthenticationRegion = location.Region,
            // newer checksums come as trailers, which other servers store as part of the object
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromSeconds(location.RequestTimeoutSeconds),
            MaxErrorRetry = Retries,
        };
        if (handler is not null) { configuration.HttpClientFactory = new Transport(handler); }

        return new(new BasicAWSCredentials(location.AccessKeyId, location.SecretAccessKey), configuration);
    }

    /// <summary>A client without credentials, cookies or redirects: what anybody on the network could send.</summary>
    public static HttpClient CreateAnonymous(S3LocationOptions location, Func<HttpMessageHandler>? handler) =>
        new(handler?.Invoke() ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = TimeSpan.FromSeconds(location.RequestTimeoutSeconds),
        };

    public static PutObjectRequest NewPut(string bucket, string key, ReadOnlyMemory<byte> content)
    {
        var bytes = MemoryMarshal.TryGetArray(content, out var array) ? array : content.ToArray();
        return new()
        {
            BucketName = bucket,
            Key = key,
            ContentType = "application/octet-stream",
            InputStream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false),
            UseChunkEncoding = false, // else some servers store the encoding with the object
        };
    }

    private sealed class Transport(Func<HttpMessageHandler> handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
            new(handler()) { Timeout = clientConfig.Timeout ?? Timeout.InfiniteTimeSpan };
    }
}
