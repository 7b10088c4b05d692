// Longer than 300 lines: one client of S3, each member a call of it; in two files the interface would be cut in two.
using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>An S3 bucket (Ceph, MinIO, AWS, …), spoken to in what all of these understand.</summary>
/// <remarks>
/// Put-once is the server's <c>If-None-Match: *</c>. Some servers ignore it on a bucket that keeps versions; therefore
/// <see cref="PutOnceAsync"/> looks first, and <see cref="ProvisionAsync"/> tries it out and reports (<c>put-once</c>).
/// </remarks>
public sealed class S3ObjectStore : IObjectStore, IDisposable
{
    internal const int PageSize = 1000;

    /// <summary>All of an object, asked for as a range: of an answer without one the SDK computes an MD5 in managed code, over every byte. What an object must be is said by digests and tags of the format.</summary>
    private static readonly ByteRange Whole = new("bytes=0-");

    private static readonly TimeSpan LongestValidity = TimeSpan.FromDays(7); // of signature version 4
    private static readonly Dictionary<string, string> RequiredHeaders = new(StringComparer.OrdinalIgnoreCase) { ["If-None-Match"] = "*" };
    private readonly S3LocationOptions _location;
    private readonly TimeProvider _clock;
    private readonly AmazonS3Client _client;
    private readonly HttpClient _http;

    public S3ObjectStore(S3LocationOptions location, TimeProvider clock) : this(location, clock, handler: null) { }

    /// <param name="handler">Makes the transport, where the system's own trust is not enough (a test's certificate).</param>
    internal S3ObjectStore(S3LocationOptions location, TimeProvider clock, Func<HttpMessageHandler>? handler)
    {
        _location = location;
        _clock = clock;
        _http = S3Client.CreateHttp(location, handler);
        _client = S3Client.Create(location, _http);
    }

    public async Task<bool> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var key = KeyOf(name);
        return await AskAsync("PUT", name, async () =>
        {
            if (await HeadAsync(key, cancellation) is not null) { return false; }

            try
            {
                await _client.PutObjectAsync(NewPut(key, content), cancellation);
                return true;
            }
            catch (AmazonS3Exception answer) when (answer.IsAlreadyThere())
            {
                return false;
            }
        }, cancellation);
    }

    public Task<bool> ReplaceAsync(string name, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var key = KeyOf(name);
        return AskAsync("REPLACE", name, async () =>
        {
            try
            {
                using var there = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _location.Bucket, Key = key }, cancellation);
                if (there.ContentLength != expected.Length) { return false; }

                var read = new byte[expected.Length];
                await there.ResponseStream.ReadExactlyAsync(read, cancellation);
                if (!read.AsSpan().SequenceEqual(expected.Span)) { return false; }

                return await PutOverAsync(key, there.ETag, content, cancellation);
            }
            catch (AmazonS3Exception gone) when (gone.IsMissingObject() || gone.StatusCode is HttpStatusCode.Conflict)
            {
                return false;
            }
        }, cancellation);
    }

    public Task<byte[]?> GetAsync(string name, long limitInBytes, CancellationToken cancellation) =>
        ReadAsync(name, new() { BucketName = _location.Bucket, Key = KeyOf(name), ByteRange = Whole }, limitInBytes, cancellation);

    public async Task<byte[]?> GetRangeAsync(string name, long offset, int length, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0) { return await FindAsync(name, cancellation) is null ? null : []; }

        var range = new ByteRange(offset, checked(offset + length - 1));
        return await ReadAsync(name, new() { BucketName = _location.Bucket, Key = KeyOf(name), ByteRange = range }, length, cancellation);
    }

    public async Task<ObjectInfo?> FindAsync(string name, CancellationToken cancellation)
    {
        var key = KeyOf(name);
        return await AskAsync("HEAD", name, async () =>
        {
            if (await HeadAsync(key, cancellation) is { } found) { return new ObjectInfo(name, found.ContentLength, TimeOf(found.LastModified)); }

            // the 404 of a HEAD does not say what is missing
            await _client.ListObjectsV2Async(new() { BucketName = _location.Bucket, Prefix = key, MaxKeys = 1 }, cancellation);
            return null;
        }, cancellation);
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectName.RequirePrefix(prefix);
        var request = new ListObjectsV2Request
        {
            BucketName = _location.Bucket,
            Prefix = _location.Prefix + prefix,
            StartAfter = startAfter is null ? null : _location.Prefix + startAfter,
            MaxKeys = PageSize,
        };
        do
        {
            var page = await AskAsync("LIST", prefix, () => _client.ListObjectsV2Async(request, cancellation), cancellation);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new(NameOf(found.Key), found.Size ?? 0, TimeOf(found.LastModified));
            }

            request.ContinuationToken = Next(page.IsTruncated, page.NextContinuationToken, "LIST", prefix);
        }
        while (request.ContinuationToken is not null);
    }

    public async IAsyncEnumerable<ObjectVersion> ListVersionsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectName.RequirePrefix(prefix);
        var request = new ListVersionsRequest { BucketName = _location.Bucket, Prefix = _location.Prefix + prefix, MaxKeys = PageSize };
        do
        {
            var page = await AskAsync("LIST versions", prefix, () => _client.ListVersionsAsync(request, cancellation), cancellation);
            foreach (var found in page.Versions ?? [])
            {
                yield return new(NameOf(found.Key), found.VersionId ?? "null", found.IsDeleteMarker ?? false, found.Size ?? 0);
            }

            request.KeyMarker = Next(page.IsTruncated, page.NextKeyMarker, "LIST versions", prefix);
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
        while (request.KeyMarker is not null);
    }

    public async Task<IReadOnlyList<FailedDelete>> DeleteAsync(IReadOnlyCollection<ObjectVersion> versions, CancellationToken cancellation)
    {
        foreach (var version in versions) { ObjectName.Require(version.Name); }

        var failed = new List<FailedDelete>();
        foreach (var batch in versions.Chunk(PageSize))
        {
            var request = new DeleteObjectsRequest
            {
                BucketName = _location.Bucket,
                Quiet = true,
                Objects = [.. batch.Select(version => new KeyVersion { Key = KeyOf(version.Name), VersionId = version.VersionId })],
            };
            var errors = await AskAsync("DELETE", batch[0].Name, () => DeleteAsync(request, cancellation), cancellation);
            failed.AddRange(
                from error in errors
                where error.Code is not ("NoSuchKey" or "NoSuchVersion")
                from version in batch
                where KeyOf(version.Name) == error.Key && (string.IsNullOrEmpty(error.VersionId) || version.VersionId == error.VersionId)
                select new FailedDelete(version, $"{error.Code}: {error.Message}".TrimEnd(':', ' ')));
        }

        return failed;
    }

    public Task<ObjectLock?> FindLockAsync(ObjectVersion version, CancellationToken cancellation)
    {
        var key = KeyOf(version.Name);
        return AskAsync("GET lock", version.Name, async () =>
        {
            var retention = await S3Lock.OrNothingAsync(() => _client.GetObjectRetentionAsync(new() { BucketName = _location.Bucket, Key = key, VersionId = version.VersionId }, cancellation));
            var hold = await S3Lock.OrNothingAsync(() => _client.GetObjectLegalHoldAsync(new() { BucketName = _location.Bucket, Key = key, VersionId = version.VersionId }, cancellation));
            return S3Lock.Of(retention?.Retention, hold?.LegalHold);
        }, cancellation);
    }

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedUploadsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ObjectName.RequirePrefix(prefix);
        var request = new ListMultipartUploadsRequest { BucketName = _location.Bucket, Prefix = _location.Prefix + prefix, MaxUploads = PageSize };
        do
        {
            var page = await AskAsync("LIST uploads", prefix, () => _client.ListMultipartUploadsAsync(request, cancellation), cancellation);
            foreach (var found in page.MultipartUploads ?? [])
            {
                yield return new(NameOf(found.Key), found.UploadId, TimeOf(found.Initiated));
            }

            request.KeyMarker = Next(page.IsTruncated, page.NextKeyMarker, "LIST uploads", prefix);
            request.UploadIdMarker = page.NextUploadIdMarker;
        }
        while (request.KeyMarker is not null);
    }

    public Task AbortAsync(UnfinishedUpload upload, CancellationToken cancellation)
    {
        var request = new AbortMultipartUploadRequest { BucketName = _location.Bucket, Key = KeyOf(upload.Name), UploadId = upload.UploadId };
        return AskAsync("ABORT", upload.Name, async () =>
        {
            try { await _client.AbortMultipartUploadAsync(request, cancellation); }
            catch (AmazonS3Exception gone) when (gone.ErrorCode == "NoSuchUpload") { /* completed or aborted by somebody else */ }

            return true;
        }, cancellation);
    }

    public UploadAddress PresignPut(string name, TimeSpan validity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(validity, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validity, LongestValidity);
        var expires = _clock.GetUtcNow().Add(validity);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _location.Bucket,
            Key = KeyOf(name),
            Verb = HttpVerb.PUT,
            Expires = expires.UtcDateTime,
            Protocol = _location.Endpoint!.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
        };
        foreach (var (header, value) in RequiredHeaders) { request.Headers[header] = value; }

        return new(new Uri(_client.GetPreSignedURL(request)), RequiredHeaders, expires);
    }

    public Task<ProvisionReport> ProvisionAsync(CancellationToken cancellation) =>
        AskAsync("PROVISION", _location.Prefix, () => new S3Provisioning(_client, new S3Question(_http, _location, _clock), _location, ProbeStrangerAsync).RunAsync(cancellation), cancellation);

    public Task<StrangerFinding> ProbeStrangerAsync(CancellationToken cancellation) => AskAsync("PROBE", Canary.Name, async () =>
    {
        var key = KeyOf(Canary.Name);
        if (await HeadAsync(key, cancellation) is null) { await _client.PutObjectAsync(S3Client.NewPut(_location.Bucket, key, Canary.Content), cancellation); }

        return await StrangerProbe.RunAsync(_http, _location.Endpoint!, _location.Bucket, key, Canary.Content, cancellation);
    }, cancellation);

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>Ceph answers <c>If-Match</c> with 412 on a bucket that keeps versions, whatever the tag: where the object still has it, the condition is not the reason.</summary>
    private async Task<bool> PutOverAsync(string key, string etag, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var put = S3Client.NewPut(_location.Bucket, key, content);
        put.IfMatch = etag;
        try
        {
            await _client.PutObjectAsync(put, cancellation);
            return true;
        }
        catch (AmazonS3Exception refused) when (refused.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            if ((await HeadAsync(key, cancellation))?.ETag != etag) { return false; }

            await _client.PutObjectAsync(S3Client.NewPut(_location.Bucket, key, content), cancellation);
            return true;
        }
    }

    private PutObjectRequest NewPut(string key, ReadOnlyMemory<byte> content)
    {
        var put = S3Client.NewPut(_location.Bucket, key, content);
        put.IfNoneMatch = "*";
        return put;
    }

    private async Task<GetObjectMetadataResponse?> HeadAsync(string key, CancellationToken cancellation)
    {
        try { return await _client.GetObjectMetadataAsync(_location.Bucket, key, cancellation); }
        catch (AmazonS3Exception absent) when (absent.IsMissingObject()) { return null; }
    }

    private Task<byte[]?> ReadAsync(string name, GetObjectRequest request, long limitInBytes, CancellationToken cancellation) =>
        AskAsync("GET", name, async () =>
        {
            try
            {
                using var answer = await _client.GetObjectAsync(request, cancellation);
                if (answer.ContentLength > Math.Min(limitInBytes, Array.MaxLength)) { throw IncomingFolder.TooLarge(name, limitInBytes); }

                var content = GC.AllocateUninitializedArray<byte>((int)answer.ContentLength);
                await answer.ResponseStream.ReadExactlyAsync(content, cancellation);
                return content;
            }
            catch (AmazonS3Exception absent) when (absent.IsMissingObject())
            {
                return null;
            }
            catch (AmazonS3Exception beyond) when (beyond.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return [];
            }
        }, cancellation);

    private async Task<List<DeleteError>> DeleteAsync(DeleteObjectsRequest request, CancellationToken cancellation)
    {
        try { return (await _client.DeleteObjectsAsync(request, cancellation)).DeleteErrors ?? []; }
        catch (DeleteObjectsException some) { return some.Response.DeleteErrors ?? []; }
    }

    /// <summary>The next page's marker, or <see langword="null"/> at the end; a listing that says "more" and not where is not taken for the end.</summary>
    private string? Next(bool? truncated, string? marker, string operation, string prefix) =>
        truncated is not true ? null
        : string.IsNullOrEmpty(marker) ? throw new ObjectStoreException($"{operation} of '{prefix}' in bucket '{_location.Bucket}': the server cut the list and did not say where it goes on.")
        : marker;

    private string KeyOf(string name)
    {
        ObjectName.Require(name);
        return _location.Prefix + name;
    }

    private string NameOf(string key) => key[_location.Prefix.Length..];

    private static DateTimeOffset TimeOf(DateTime? time) => time is { } known ? new(known.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    private async Task<T> AskAsync<T>(string operation, string name, Func<Task<T>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (S3Fault.IsFromTheServer(failure, cancellation))
        {
            throw S3Fault.Translate(operation, name, _location, failure);
        }
    }
}
