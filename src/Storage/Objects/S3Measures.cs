using System.Net;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>The measures that make a bucket private: each is taken if it may be, read back, and reported as it was found.</summary>
/// <remarks>
/// An answer of 200 is no proof: some servers answer a question that they do not know with something else. A measure counts
/// only when its own words are in the answer. Nothing is ever deleted but what this class has just put.
/// </remarks>
internal sealed class S3Measures(AmazonS3Client client, S3Question question, S3LocationOptions location, string canary, bool mayChange)
{
    private static readonly string[] PublicAccessSettings = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    private readonly string _bucket = location.Bucket;

    public async Task<IReadOnlyList<ProvisionStep>> TakeAsync(CancellationToken cancellation)
    {
        List<ProvisionStep> steps =
        [
            await StepAsync("public-access-block", () => BlockPublicAccessAsync(cancellation)),
            await StepAsync("owner-enforced", () => EnforceOwnerAsync(cancellation)),
            await StepAsync("acl", () => CheckAclAsync(cancellation)),
            await StepAsync("tls-only", () => DemandTlsAsync(cancellation)),
            await StepAsync("no-cors", () => CheckAbsentAsync(async () => (await question.AskAsync("cors", cancellation))?["CORSRule"].Count())),
            await StepAsync("no-website", () => CheckAbsentAsync(async () => (await question.AskAsync("website", cancellation))?["WebsiteConfiguration"].Count())),
        ];
        if (location.Versioning || location.ObjectLock) { steps.Add(await StepAsync("versioning", () => KeepVersionsAsync(cancellation))); }
        if (location.ObjectLock) { steps.Add(await StepAsync("object-lock", () => CheckObjectLockAsync(cancellation))); }

        steps.Add(await StepAsync("put-once", () => TryPutOnceAsync(cancellation)));
        return steps;
    }

    /// <summary>The bucket's policy, or <see langword="null"/>. The SDK hands out the text of a 404 as if it were one.</summary>
    public static async Task<string?> ReadPolicyAsync(AmazonS3Client client, string bucket, CancellationToken cancellation) => await TryReadAsync(async () =>
    {
        var answer = await client.GetBucketPolicyAsync(bucket, cancellation);
        return answer.HttpStatusCode == HttpStatusCode.OK && !string.IsNullOrWhiteSpace(answer.Policy) ? answer.Policy : null;
    });

    /// <summary>What the server says, or the default where it refuses to say or has nothing (4xx, 501).</summary>
    public static async Task<T?> TryReadAsync<T>(Func<Task<T>> read)
    {
        try { return await read(); }
        catch (AmazonS3Exception answer) when (IsAnswer(answer)) { return default; }
    }

    private static bool IsAnswer(AmazonS3Exception failure) => IsAnswer(failure.StatusCode);

    private static bool IsAnswer(HttpStatusCode status) => (int)status is (>= 400 and < 500 and not 408 and not 429) or 501;

    private static async Task<ProvisionStep> StepAsync(string measure, Func<Task<(bool Done, string Detail)>> take)
    {
        try
        {
            var (done, detail) = await take();
            return new(measure, done, detail);
        }
        catch (AmazonS3Exception answer) when (IsAnswer(answer))
        {
            return new(measure, false, S3Fault.Describe(answer));
        }
        catch (HttpRequestException answer) when (answer.StatusCode is { } status && IsAnswer(status))
        {
            return new(measure, false, $"the server answered {(int)status}");
        }
    }

    private async Task<(bool, string)> BlockPublicAccessAsync(CancellationToken cancellation)
    {
        if (!mayChange)
        {
            var found = await ReadPublicAccessBlockAsync(cancellation);
            return found == "" ? (true, "all four on") : (false, found);
        }

        foreach (var blockAcls in new[] { true, false })
        {
            await client.PutPublicAccessBlockAsync(
                new()
                {
                    BucketName = _bucket,
                    PublicAccessBlockConfiguration = new() { BlockPublicAcls = blockAcls, IgnorePublicAcls = true, BlockPublicPolicy = true, RestrictPublicBuckets = true },
                },
                cancellation);
            if (!await CanWriteAsync(cancellation)) { continue; }

            var missing = await ReadPublicAccessBlockAsync(cancellation);
            return missing == "" ? (true, "all four on")
                : blockAcls ? (false, missing)
                : (false, missing + " (with BlockPublicAcls, this server refuses every write)");
        }

        await client.DeletePublicAccessBlockAsync(new() { BucketName = _bucket }, cancellation);
        return (false, "taken back: with it, this server refuses every write");
    }

    /// <summary>Empty when all four settings are on, else which are not.</summary>
    private async Task<string> ReadPublicAccessBlockAsync(CancellationToken cancellation)
    {
        var said = await question.AskAsync("publicAccessBlock", cancellation);
        if (said is null) { return "not set"; }
        if (!PublicAccessSettings.Any(said.Contains)) { return "the server's answer says nothing"; }

        var off = string.Join(", ", PublicAccessSettings.Where(setting => !said[setting].SequenceEqual(["true"], StringComparer.OrdinalIgnoreCase)));
        return off == "" ? "" : $"off: {off}";
    }

    private async Task<(bool, string)> EnforceOwnerAsync(CancellationToken cancellation)
    {
        var found = await TryReadAsync(() => ReadOwnershipAsync(cancellation));
        if (found != ObjectOwnership.BucketOwnerEnforced && mayChange)
        {
            await client.PutBucketOwnershipControlsAsync(
                new() { BucketName = _bucket, OwnershipControls = new() { Rules = [new() { ObjectOwnership = ObjectOwnership.BucketOwnerEnforced }] } }, cancellation);
            found = await ReadOwnershipAsync(cancellation);
        }

        return found == ObjectOwnership.BucketOwnerEnforced ? (true, "ACLs are switched off") : (false, $"the server says: {found?.Value ?? "nothing"}");
    }

    private async Task<ObjectOwnership?> ReadOwnershipAsync(CancellationToken cancellation) =>
        (await client.GetBucketOwnershipControlsAsync(new() { BucketName = _bucket }, cancellation)).OwnershipControls?.Rules?.FirstOrDefault()?.ObjectOwnership;

    private async Task<(bool, string)> CheckAclAsync(CancellationToken cancellation)
    {
        var acl = await client.GetBucketAclAsync(new GetBucketAclRequest { BucketName = _bucket }, cancellation);
        if (acl.Grants is not { Count: > 0 }) { return (false, "the server's answer says nothing"); }

        var foreign = string.Join(", ", BucketExposure.FindForeignGrants(acl.Grants, acl.Owner?.Id));
        return foreign == "" ? (true, "the owner alone") : (false, foreign);
    }

    private async Task<(bool, string)> DemandTlsAsync(CancellationToken cancellation)
    {
        var policy = await ReadPolicyAsync(client, _bucket, cancellation);
        if (policy is not null)
        {
            return BucketExposure.IsTlsOnly(policy) ? (true, "found in the bucket's policy") : (false, "the bucket has a policy of its own that does not demand TLS; it was left as it is");
        }

        if (!mayChange) { return (false, "the bucket has no policy"); }
        if (location.Endpoint!.Scheme != Uri.UriSchemeHttps) { return (false, "left out: the endpoint itself is plain http"); }

        // behind a proxy that ends TLS the server takes everything for plain http: try it on the canary before it counts for all
        await client.PutBucketPolicyAsync(_bucket, TlsOnlyPolicy($"{_bucket}/{canary}"), cancellation);
        if (!await CanReadAsync(cancellation))
        {
            await client.DeleteBucketPolicyAsync(_bucket, cancellation);
            return (false, "taken back: the server does not see that requests come through TLS");
        }

        await client.PutBucketPolicyAsync(_bucket, TlsOnlyPolicy(_bucket, $"{_bucket}/*"), cancellation);
        policy = await ReadPolicyAsync(client, _bucket, cancellation);
        return policy is not null && BucketExposure.IsTlsOnly(policy) ? (true, "plain http is denied by policy") : (false, "the server did not keep the policy");
    }

    /// <summary><c>BoolIfExists</c> with a string: some servers accept the shorter <c>Bool</c> and deny nothing.</summary>
    private string TlsOnlyPolicy(params string[] resources)
    {
        var partition = location.Region switch
        {
            _ when location.Region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
            _ when location.Region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
            _ => "aws",
        };
        var list = string.Join(',', resources.Select(resource => $"\"{JsonEncodedText.Encode($"arn:{partition}:s3:::{resource}")}\""));
        return $$$$"""
            {"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":[{{{{list}}}}],"Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}]}
            """;
    }

    private static async Task<(bool, string)> CheckAbsentAsync(Func<Task<int?>> count) => await count() switch
    {
        null => (true, "none"),
        0 => (false, "the server's answer says nothing"),
        var found => (false, $"configured ({found}): take it away"),
    };

    private async Task<(bool, string)> KeepVersionsAsync(CancellationToken cancellation)
    {
        var found = await ReadVersioningAsync(cancellation);
        if (found != VersionStatus.Enabled && mayChange)
        {
            await client.PutBucketVersioningAsync(new() { BucketName = _bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, cancellation);
            found = await ReadVersioningAsync(cancellation);
        }

        return found == VersionStatus.Enabled ? (true, "enabled") : (false, $"the server says: {found?.Value ?? "nothing"}");
    }

    private async Task<VersionStatus?> ReadVersioningAsync(CancellationToken cancellation) =>
        (await client.GetBucketVersioningAsync(_bucket, cancellation)).VersioningConfig?.Status;

    private async Task<(bool, string)> CheckObjectLockAsync(CancellationToken cancellation)
    {
        var found = (await client.GetObjectLockConfigurationAsync(new() { BucketName = _bucket }, cancellation)).ObjectLockConfiguration?.ObjectLockEnabled;
        return found == ObjectLockEnabled.Enabled ? (true, "enabled") : (false, "not enabled; it can be switched on only when a bucket is created");
    }

    private async Task<(bool, string)> TryPutOnceAsync(CancellationToken cancellation)
    {
        try
        {
            var put = S3Client.NewPut(_bucket, canary, Canary.Content);
            put.IfNoneMatch = "*";
            await DropVersionAsync((await client.PutObjectAsync(put, cancellation)).VersionId, cancellation);
            return (false, "the server ignores If-None-Match here: an upload address can be used twice until it expires");
        }
        catch (AmazonS3Exception answer) when (answer.IsAlreadyThere())
        {
            return (true, "an object that exists is not overwritten");
        }
    }

    private async Task<bool> CanWriteAsync(CancellationToken cancellation)
    {
        try
        {
            var written = await client.PutObjectAsync(S3Client.NewPut(_bucket, canary, Canary.Content), cancellation);
            await DropVersionAsync(written.VersionId, cancellation);
            return true;
        }
        catch (AmazonS3Exception denied) when (denied.StatusCode == HttpStatusCode.Forbidden)
        {
            return false;
        }
    }

    private async Task<bool> CanReadAsync(CancellationToken cancellation)
    {
        try
        {
            using var read = await client.GetObjectAsync(_bucket, canary, cancellation);
            return true;
        }
        catch (AmazonS3Exception denied) when (denied.StatusCode == HttpStatusCode.Forbidden)
        {
            return false;
        }
    }

    /// <summary>The canary needs one version; where it is locked, it keeps all that were tried.</summary>
    private Task DropVersionAsync(string? version, CancellationToken cancellation) => version is null or "" or "null"
        ? Task.CompletedTask
        : TryReadAsync(() => client.DeleteObjectAsync(_bucket, canary, version, cancellation));
}
