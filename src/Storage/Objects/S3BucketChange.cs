using System.Net;
using System.Text;
using Amazon.S3;

namespace SecureRecorder.Storage.Objects;

/// <summary>The few changes that close a bucket that is public. Each takes something away from strangers, and nothing from the owner.</summary>
/// <remarks>
/// Never called here: anything that deletes ownership controls or encryption, with which some servers delete an empty bucket. <c>BlockPublicAcls</c> is never switched on: with it, some servers refuse every write.
/// </remarks>
public sealed class S3BucketChange : IDisposable
{
    private readonly S3LocationOptions _location;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly AmazonS3Client _client;

    public S3BucketChange(S3LocationOptions location, TimeProvider clock)
    {
        (_location, _clock) = (location, clock);
        _http = S3Client.CreateHttp(location, handler: null);
        _client = S3Client.Create(location, _http);
    }

    /// <summary>Whether the owner can still write.</summary>
    /// <exception cref="ObjectStoreException">The server did not answer.</exception>
    public Task<bool> CanWriteAsync(CancellationToken cancellation) => AskAsync("PUT", Canary.Name, async () =>
    {
        try
        {
            var written = await _client.PutObjectAsync(S3Client.NewPut(_location.Bucket, _location.Prefix + Canary.Name, Canary.Content), cancellation);
            if (written.VersionId is not (null or "" or "null"))
            {
                // the canary needs one version; where it is locked it keeps this one too
                await S3Measures.TryReadAsync(() => _client.DeleteObjectAsync(_location.Bucket, _location.Prefix + Canary.Name, written.VersionId, cancellation));
            }

            return true;
        }
        catch (AmazonS3Exception denied) when (denied.StatusCode == HttpStatusCode.Forbidden)
        {
            return false;
        }
    }, cancellation);

    /// <summary>Sets the public access block.</summary>
    /// <exception cref="ObjectStoreException">The server refused, or did not answer.</exception>
    public Task PutBlockAsync(bool blockPublicAcls, bool ignorePublicAcls, bool blockPublicPolicy, bool restrictPublicBuckets, CancellationToken cancellation) => AskAsync("PUT public access block", "", () => _client.PutPublicAccessBlockAsync(
        new()
        {
            BucketName = _location.Bucket,
            PublicAccessBlockConfiguration = new() { BlockPublicAcls = blockPublicAcls, IgnorePublicAcls = ignorePublicAcls, BlockPublicPolicy = blockPublicPolicy, RestrictPublicBuckets = restrictPublicBuckets },
        },
        cancellation), cancellation);

    /// <summary>Takes back a public access block where there was none before.</summary>
    /// <exception cref="ObjectStoreException">The server refused, or did not answer.</exception>
    public Task DeleteBlockAsync(CancellationToken cancellation) => AskAsync("DELETE public access block", "", () => _client.DeletePublicAccessBlockAsync(new() { BucketName = _location.Bucket }, cancellation), cancellation);

    /// <exception cref="ObjectStoreException">The server refused, or did not answer.</exception>
    public Task PutPolicyAsync(string policy, CancellationToken cancellation) => AskAsync("PUT policy", "", () => _client.PutBucketPolicyAsync(_location.Bucket, policy, cancellation), cancellation);

    /// <summary>Only for a policy in which nothing would be left: an empty one is refused.</summary>
    /// <exception cref="ObjectStoreException">The server refused, or did not answer.</exception>
    public Task DeleteEmptyPolicyAsync(CancellationToken cancellation) => AskAsync("DELETE policy", "", () => _client.DeleteBucketPolicyAsync(_location.Bucket, cancellation), cancellation);

    /// <summary>Takes the grants to everybody out of an access control list, and leaves the others as they are.</summary>
    /// <param name="key">An object; null: the bucket itself.</param>
    /// <param name="save">Keeps the list as it was, before it is changed.</param>
    /// <returns>What was taken out; empty: there was nothing to take out, and nothing was changed.</returns>
    /// <exception cref="ObjectStoreException">The server refused, or did not answer.</exception>
    public async Task<IReadOnlyList<string>> RemovePublicGrantsAsync(string? key, Func<string, Task> save, CancellationToken cancellation)
    {
        var old = await SendAclAsync(HttpMethod.Get, key, [], cancellation);
        var (removed, rest) = S3Acl.WithoutPublicGrants(old);
        if (removed.Count == 0) { return []; }

        await save(old);
        await SendAclAsync(HttpMethod.Put, key, Encoding.UTF8.GetBytes(rest), cancellation);
        return removed;
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private Task<string> SendAclAsync(HttpMethod method, string? key, byte[] body, CancellationToken cancellation) => AskAsync($"{method} ACL", key ?? "", async () =>
    {
        using var answer = await new S3Question(_http, _location, _clock).SendAsync(method, key, "acl", body, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? text : throw new AmazonS3Exception($"{text.ReplaceLineEndings(" ")[..Math.Min(text.Length, 200)]}", null, Amazon.Runtime.ErrorType.Unknown, null, null, answer.StatusCode);
    }, cancellation);

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
