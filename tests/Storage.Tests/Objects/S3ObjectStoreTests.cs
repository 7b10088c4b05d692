using System.Net;
using Amazon.S3.Model;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Objects;

/// <summary>Against a real Ceph gateway, below a prefix of a bucket that others use too.</summary>
public sealed class S3ObjectStoreTests(S3Server server) : ObjectStoreConformance
{
    private const string Prefix = "team-a/";
    private const string Name = "v1/s/video/00000000.seal";
    private string bucket = "";

    [Fact]
    public async Task What_lies_outside_the_prefix_is_neither_seen_nor_touched()
    {
        await PutForeignAsync("team-b/v1/foreign");
        await PutForeignAsync("v1/foreign");
        await Store.PutOnceAsync("v1/own", Bytes("x"), Cancellation);

        Assert.Equal(["v1/own"], await NamesAsync(""));
        Assert.Equal(["v1/own"], await Store.ListVersionsAsync("", Cancellation).Select(version => version.Name).ToListAsync(Cancellation));
        Assert.Null(await Store.FindAsync("v1/foreign", Cancellation));
        await Store.DeleteAsync([new("v1/own", "null", false, 1), new("v1/foreign", "null", false, 1)], Cancellation);

        var left = await server.Owner.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation);
        Assert.Equal(["team-b/v1/foreign", "v1/foreign"], left.S3Objects.Select(found => found.Key));
    }

    [Fact]
    public async Task Every_version_and_delete_marker_is_listed_and_deleted()
    {
        await server.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled } }, Cancellation);
        Assert.True(await Store.PutOnceAsync(Name, Bytes("first"), Cancellation));
        await server.Owner.DeleteObjectAsync(bucket, Prefix + Name, Cancellation); // leaves a marker
        Assert.True(await Store.PutOnceAsync(Name, Bytes("second"), Cancellation));
        Assert.False(await Store.PutOnceAsync(Name, Bytes("third"), Cancellation));

        var versions = await Store.ListVersionsAsync("v1/", Cancellation).ToListAsync(Cancellation);
        Assert.Equal([false, true, false], versions.Select(version => version.IsDeleteMarker));
        Assert.Equal(3, versions.Select(version => version.VersionId).Distinct().Count());

        Assert.Empty(await Store.DeleteAsync(versions, Cancellation));
        Assert.Empty(await Store.ListVersionsAsync("", Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_version_that_is_locked_is_reported_and_the_rest_is_deleted()
    {
        var locked = S3Server.NewBucketName();
        await server.Owner.PutBucketAsync(new PutBucketRequest { BucketName = locked, ObjectLockEnabledForBucket = true }, Cancellation);
        using var store = Open(locked);
        await store.PutOnceAsync("v1/held", Bytes("x"), Cancellation);
        await store.PutOnceAsync("v1/free", Bytes("x"), Cancellation);
        await server.Owner.PutObjectLegalHoldAsync(
            new() { BucketName = locked, Key = Prefix + "v1/held", LegalHold = new() { Status = Amazon.S3.ObjectLockLegalHoldStatus.On } }, Cancellation);
        var versions = await store.ListVersionsAsync("", Cancellation).ToListAsync(Cancellation);

        var failed = await store.DeleteAsync(versions, Cancellation);

        var left = Assert.Single(failed);
        Assert.Equal("v1/held", left.Version.Name);
        Assert.Contains("AccessDenied", left.Reason, StringComparison.Ordinal);
        Assert.Equal(["v1/held"], await store.ListVersionsAsync("", Cancellation).Select(version => version.Name).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task An_object_is_stored_as_it_is_and_not_as_it_was_sent()
    {
        await Store.PutOnceAsync(Name, new byte[70_000], Cancellation);
        await PutAsync(Store.PresignPut("v1/s/video/00000001.seal", TimeSpan.FromMinutes(1)), "x");

        var head = await server.Owner.GetObjectMetadataAsync(bucket, Prefix + Name, Cancellation);
        Assert.Equal(70_000, head.ContentLength);
        Assert.True(string.IsNullOrEmpty(head.Headers.ContentEncoding));
        Assert.Equal("application/octet-stream", head.Headers.ContentType);
        Assert.Empty(head.Metadata.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_secret_and_a_stranger_with_an_account_are_denied(bool wrongSecret)
    {
        await Store.PutOnceAsync(Name, Bytes("x"), Cancellation);
        using var store = wrongSecret ? Open(bucket, server.AccessKey, server.StrangerSecretKey) : Open(bucket, server.StrangerAccessKey, server.StrangerSecretKey);
        Func<Task>[] tries =
        [
            () => store.PutOnceAsync("v1/other", Bytes("x"), Cancellation),
            () => store.GetAsync(Name, 10, Cancellation),
            () => store.GetRangeAsync(Name, 0, 1, Cancellation),
            () => store.FindAsync(Name, Cancellation),
            () => store.ListAsync("", null, Cancellation).ToListAsync(Cancellation).AsTask(),
            () => store.ListVersionsAsync("", Cancellation).ToListAsync(Cancellation).AsTask(),
            () => store.ListUnfinishedUploadsAsync("", Cancellation).ToListAsync(Cancellation).AsTask(),
            () => store.ProvisionAsync(Cancellation),
            () => store.ProbeStrangerAsync(Cancellation),
        ];

        foreach (var attempt in tries)
        {
            var failure = await Assert.ThrowsAsync<ObjectStoreException>(attempt);
            Assert.Equal(ObjectStoreFault.Denied, failure.Fault);
            Assert.Contains(bucket, failure.Message, StringComparison.Ordinal);
            Assert.Contains("403", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(server.SecretKey, failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(server.StrangerSecretKey, failure.ToString(), StringComparison.Ordinal);
        }

        var address = store.PresignPut("v1/other", TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address, "x"));
        try
        {
            var left = await store.DeleteAsync([new(Name, "null", false, 1)], Cancellation);
            Assert.Contains("AccessDenied", Assert.Single(left).Reason, StringComparison.Ordinal);
        }
        catch (ObjectStoreException denied)
        {
            Assert.Equal(ObjectStoreFault.Denied, denied.Fault);
        }

        Assert.NotNull(await Store.FindAsync(Name, Cancellation));
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_full_for_a_write_and_for_an_upload_address()
    {
        await server.AdministerAsync("quota", "set", "--quota-scope=bucket", "--bucket", bucket, "--max-size", "100000");
        await server.AdministerAsync("quota", "enable", "--quota-scope=bucket", "--bucket", bucket);
        Assert.True(await Store.PutOnceAsync(Name, new byte[60_000], Cancellation));

        var full = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutOnceAsync("v1/more", new byte[60_000], Cancellation));
        var status = await PutAsync(Store.PresignPut("v1/more", TimeSpan.FromMinutes(1)), new string('x', 60_000));

        Assert.Equal(ObjectStoreFault.Full, full.Fault);
        Assert.Contains("QuotaExceeded", full.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal([Name], await NamesAsync(""));
    }

    [Fact]
    public async Task A_plain_http_endpoint_away_from_this_machine_is_no_valid_option()
    {
        Assert.Empty(Problems(Options(bucket)));
        Assert.Contains("plain http", Assert.Single(Problems(Options(bucket, endpoint: new("http://s3.example.org")))), StringComparison.Ordinal);
        Assert.Contains("https://host", Assert.Single(Problems(Options(bucket, endpoint: new("https://s3.example.org/path")))), StringComparison.Ordinal);
        Assert.Single(Problems(Options("Bucket")));
        Assert.Single(Problems(Options(bucket, prefix: "../")));
        Assert.Single(Problems(Options(bucket, prefix: "no-slash")));
        await Task.CompletedTask;
    }

    protected override async Task<IObjectStore> OpenAsync()
    {
        bucket = await server.NewBucketAsync(Cancellation);
        return Open(bucket);
    }

    protected override IObjectStore OpenMissing() => Open(S3Server.NewBucketName());

    protected override async Task BeginUploadAsync(string name)
    {
        var upload = await server.Owner.InitiateMultipartUploadAsync(bucket, Prefix + name, Cancellation);
        await server.Owner.UploadPartAsync(
            new() { BucketName = bucket, Key = Prefix + name, UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream(new byte[1000]), UseChunkEncoding = false },
            Cancellation);
    }

    private static List<string> Problems(S3LocationOptions options)
    {
        var results = new List<System.ComponentModel.DataAnnotations.ValidationResult>();
        System.ComponentModel.DataAnnotations.Validator.TryValidateObject(options, new(options), results, validateAllProperties: true);
        return [.. results.Select(result => result.ErrorMessage!)];
    }

    private S3ObjectStore Open(string name, string? accessKey = null, string? secretKey = null) =>
        new(Options(name, accessKey, secretKey), TimeProvider.System);

    private S3LocationOptions Options(string name, string? accessKey = null, string? secretKey = null, Uri? endpoint = null, string prefix = Prefix) => new()
    {
        Endpoint = endpoint ?? server.Endpoint,
        Region = server.Region,
        Bucket = name,
        Prefix = prefix,
        AccessKeyId = accessKey ?? server.AccessKey,
        SecretAccessKey = secretKey ?? server.SecretKey,
    };

    private Task PutForeignAsync(string key) =>
        server.Owner.PutObjectAsync(new() { BucketName = bucket, Key = key, ContentBody = "x", UseChunkEncoding = false }, Cancellation);
}
