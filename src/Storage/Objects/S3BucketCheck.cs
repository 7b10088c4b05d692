using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Everything that can be learned about a bucket from outside: what it says of itself, and what it gives to strangers.</summary>
/// <remarks>Changes nothing but the canary, an object that is there to be asked for, and is written once; what a stranger could write is deleted again.</remarks>
public sealed class S3BucketCheck : IDisposable
{
    private readonly S3LocationOptions _location;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly AmazonS3Client _client;

    public S3BucketCheck(S3LocationOptions location, TimeProvider clock)
    {
        (_location, _clock) = (location, clock);
        _http = S3Client.CreateHttp(location, handler: null);
        _client = S3Client.Create(location, _http);
    }

    /// <summary>What the bucket says of itself.</summary>
    public Task<BucketDocuments> ReadAsync(CancellationToken cancellation) => new S3Documents(new(_http, _location, _clock)).ReadAsync(cancellation);

    /// <summary>What strangers get, over connections of their own.</summary>
    /// <param name="disguises">Headers that they put on, besides none.</param>
    /// <exception cref="ObjectStoreException">The canary could not be written.</exception>
    public async Task<IReadOnlyList<StrangerAnswer>> AskAsStrangerAsync(IReadOnlyList<Disguise> disguises, CancellationToken cancellation)
    {
        var (canary, absent) = (_location.Prefix + Canary.Name, $"{_location.Prefix}{Canary.Name}-{Guid.NewGuid():n}");
        await PutCanaryAsync(canary, cancellation);
        using var stranger = S3Client.CreateHttp(_location, handler: null);
        var answers = await StrangerRequests.RunAsync(stranger, new Uri(_location.Endpoint!, _location.Bucket).AbsoluteUri, canary, Canary.Content, absent, disguises, cancellation);
        if (answers.Any(answer => answer is { Action: StrangerAction.Write, Verdict: not StrangerVerdict.Private })) { await DeleteAsync(absent, cancellation); }
        return answers;
    }

    /// <summary>Access control lists of some objects, by their names: the newest and others by chance, and those that are named.</summary>
    /// <exception cref="ObjectStoreException">The bucket does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ReadObjectAclsAsync(IReadOnlyCollection<string> also, CancellationToken cancellation)
    {
        try
        {
            return await new S3ObjectSample(_client, _location.Bucket, _location.Prefix, _clock).ReadAsync(also, cancellation);
        }
        catch (Exception failure) when (S3Fault.IsFromTheServer(failure, cancellation))
        {
            throw S3Fault.Translate("LIST", _location.Prefix, _location, failure);
        }
    }

    /// <summary>Whether a stranger may read an object.</summary>
    public async Task<StrangerAnswer> AskForObjectAsync(string key, CancellationToken cancellation)
    {
        using var stranger = S3Client.CreateHttp(_location, handler: null);
        return await StrangerRequests.ReadAsync(stranger, new Uri(_location.Endpoint!, _location.Bucket).AbsoluteUri, key, cancellation);
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    /// <summary>Unless it is there: where versions are kept, each look would leave one.</summary>
    private async Task PutCanaryAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var there = await _client.ListObjectsV2Async(new() { BucketName = _location.Bucket, Prefix = name, MaxKeys = 1 }, cancellation);
            if (there.S3Objects is [{ } first, ..] && first.Key == name) { return; }

            await _client.PutObjectAsync(S3Client.NewPut(_location.Bucket, name, Canary.Content), cancellation);
        }
        catch (AmazonS3Exception refused)
        {
            throw new ObjectStoreException($"The object '{name}', which strangers are to ask for, could not be written into '{_location.Bucket}' at {_location.Endpoint}: {refused.Message}", refused);
        }
        catch (Exception away) when (!cancellation.IsCancellationRequested && away is HttpRequestException or OperationCanceledException or Amazon.Runtime.AmazonClientException)
        {
            throw new ObjectStoreException($"{_location.Endpoint} does not answer: {away.GetBaseException().Message}", away);
        }
    }

    /// <summary>Every version of what a stranger wrote.</summary>
    private async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        var versions = await _client.ListVersionsAsync(new ListVersionsRequest { BucketName = _location.Bucket, Prefix = name }, cancellation);
        foreach (var version in versions.Versions ?? []) { await _client.DeleteObjectAsync(_location.Bucket, version.Key, version.VersionId, cancellation); }
    }
}
