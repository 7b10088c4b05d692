using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Clients of one location, with the settings that every S3-compatible server understands.</summary>
internal static class S3Client
{
    private const int Retries = 2;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5); // so that a change of the server's address is noticed

    /// <param name="http">From <see cref="CreateHttp"/>; the caller disposes it after the client.</param>
    public static AmazonS3Client Create(S3LocationOptions location, HttpClient http)
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
        configuration.HttpClientFactory = new OneClient(http);
        return new(new BasicAWSCredentials(location.AccessKeyId, location.SecretAccessKey), configuration);
    }

    /// <summary>A transport without cookies or redirects. Nothing in it carries a credential: alone, it is what anybody on the network could send.</summary>
    /// <param name="handler">Makes the innermost handler, or <see langword="null"/> for the system's own.</param>
    public static HttpClient CreateHttp(S3LocationOptions location, Func<HttpMessageHandler>? handler) =>
        new(new WithoutExpectation(handler?.Invoke() ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = ConnectionLifetime }))
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

    private sealed class OneClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    /// <summary>
    /// Takes <c>Expect: 100-continue</c> away, which the SDK puts on every PUT. A server that refuses such a request without
    /// having asked for its body does not read that body (Ceph); a client that had grown tired of waiting has sent it all the
    /// same, and the server takes it for the next request on the connection.
    /// </summary>
    private sealed class WithoutExpectation(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.ExpectContinue = false;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
