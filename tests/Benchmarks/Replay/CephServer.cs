using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Benchmarks.Replay;

/// <summary>A server whose bucket is in an S3 server (Ceph) on this machine.</summary>
internal sealed class CephServer : IAsyncDisposable
{
    private readonly S3Server _s3 = new();
    private S3ObjectStore? _bucket;
    private AdminServer? _server;

    public AdminServer Server => _server ?? throw new InvalidOperationException("It was not started.");
    public IObjectStore Bucket => _bucket ?? throw new InvalidOperationException("It was not started.");

    public async Task StartAsync()
    {
        await _s3.InitializeAsync();
        var location = new S3LocationOptions { Endpoint = _s3.Endpoint, Region = _s3.Region, Bucket = S3Server.NewBucketName(), AccessKeyId = _s3.AccessKey, SecretAccessKey = _s3.SecretKey };
        _server = await AdminServer.StartAsync(new Dictionary<string, string?>
        {
            ["Location__Kind"] = "s3",
            ["Location__Endpoint"] = location.Endpoint.ToString(),
            ["Location__Region"] = location.Region,
            ["Location__Bucket"] = location.Bucket,
            ["Location__AccessKeyId"] = location.AccessKeyId,
            ["Location__SecretAccessKey"] = location.SecretAccessKey,
        });
        _bucket = new(location, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) { await _server.DisposeAsync(); }
        _bucket?.Dispose();
        await _s3.DisposeAsync();
    }
}
