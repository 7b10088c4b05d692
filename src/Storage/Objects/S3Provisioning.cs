using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;

namespace SecureRecorder.Storage.Objects;

/// <summary>Creates the location's bucket, or checks the one that is there, before anything is recorded into it.</summary>
/// <remarks>
/// Refused, unchanged: a bucket that is public or in another region. Made private: a bucket without objects. Only checked:
/// a bucket with objects, because what it serves besides is not known here.
/// </remarks>
internal sealed class S3Provisioning(AmazonS3Client client, S3Question question, S3LocationOptions location, Func<CancellationToken, Task<StrangerFinding>> probeStranger)
{
    private readonly string _canary = location.Prefix + Canary.Name;

    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreFault.Unsafe"/>, or the server did not answer.</exception>
    public async Task<ProvisionReport> RunAsync(CancellationToken cancellation)
    {
        var created = !await ExistsAsync(cancellation) && await CreateAsync(cancellation);
        await RequireRegionAsync(cancellation);
        await RequireNoPublicConfigurationAsync(cancellation);
        var empty = created || await IsEmptyAsync(cancellation);
        var stranger = await RequirePrivateAsync(cancellation);

        var measures = new S3Measures(client, question, location, _canary, mayChange: empty);
        List<ProvisionStep> steps =
        [
            new("bucket", true, created ? "created" : empty ? "found, empty" : "found, with objects: checked, not changed"),
            new("region", true, location.Region),
            .. await measures.TakeAsync(cancellation),
        ];

        // what was changed must not have opened anything
        if (empty) { stranger = await RequirePrivateAsync(cancellation); }

        steps.Add(new("private", true, stranger.Detail));
        return new(created, steps);
    }

    private async Task<bool> ExistsAsync(CancellationToken cancellation)
    {
        try
        {
            await client.ListObjectsV2Async(new() { BucketName = location.Bucket, MaxKeys = 1 }, cancellation);
            return true;
        }
        catch (AmazonS3Exception missing) when (missing.IsMissingBucket())
        {
            return false;
        }
    }

    private async Task<bool> CreateAsync(CancellationToken cancellation)
    {
        var request = new PutBucketRequest
        {
            BucketName = location.Bucket,
            UseClientRegion = false,
            ObjectOwnership = ObjectOwnership.BucketOwnerEnforced,
            ObjectLockEnabledForBucket = location.ObjectLock ? true : null,
        };

        // this one region is named by naming none
        if (location.Region != "us-east-1") { request.BucketRegionName = location.Region; }

        try
        {
            await client.PutBucketAsync(request, cancellation);
            return true;
        }
        catch (AmazonS3Exception answer) when (answer.ErrorCode == "BucketAlreadyOwnedByYou")
        {
            return false; // another node was faster
        }
        catch (AmazonS3Exception answer) when (answer.ErrorCode == "BucketAlreadyExists")
        {
            throw new ObjectStoreException($"The bucket name '{location.Bucket}' is taken at {location.Endpoint} by another account: choose another.", ObjectStoreFault.Denied, answer);
        }
        catch (AmazonS3Exception answer) when (answer.ErrorCode is "InvalidLocationConstraint" or "IllegalLocationConstraintException")
        {
            throw new ObjectStoreException($"{location.Endpoint} has no region '{location.Region}': bucket '{location.Bucket}' was not created ({S3Fault.Describe(answer)}).", ObjectStoreFault.Unsafe, answer);
        }
    }

    private async Task RequireRegionAsync(CancellationToken cancellation)
    {
        var said = (await client.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = location.Bucket }, cancellation)).Location?.Value;
        var actual = said switch { null or "" => "us-east-1", "EU" => "eu-west-1", _ => said };
        if (actual != location.Region)
        {
            throw Unsafe($"is in region '{actual}', and the location says '{location.Region}'");
        }
    }

    private async Task RequireNoPublicConfigurationAsync(CancellationToken cancellation)
    {
        var acl = await S3Measures.TryReadAsync(async () => (await client.GetBucketAclAsync(new GetBucketAclRequest { BucketName = location.Bucket }, cancellation)).Grants);
        if (BucketExposure.FindPublicGrant(acl) is { } grant) { throw Unsafe($"is public: {grant}"); }

        var policy = await S3Measures.ReadPolicyAsync(client, location.Bucket, cancellation);
        if (policy is null) { return; }

        try
        {
            if (BucketExposure.FindPublicStatement(policy) is { } statement) { throw Unsafe($"is public: {statement}"); }
        }
        catch (JsonException malformed)
        {
            throw new ObjectStoreException($"The policy of bucket '{location.Bucket}' cannot be read: {malformed.Message}", ObjectStoreFault.Unsafe, malformed);
        }
    }

    private async Task<StrangerFinding> RequirePrivateAsync(CancellationToken cancellation)
    {
        var finding = await probeStranger(cancellation);
        return finding.Verdict switch
        {
            StrangerVerdict.Private => finding,
            StrangerVerdict.Public => throw Unsafe($"is public. {finding.Detail}"),
            _ => throw new ObjectStoreException($"Whether bucket '{location.Bucket}' at {location.Endpoint} is private could not be told. {finding.Detail}", ObjectStoreFault.Unavailable),
        };
    }

    /// <summary>Only the canary may lie in it: then a first provisioning was cut short, and this is the second.</summary>
    private async Task<bool> IsEmptyAsync(CancellationToken cancellation)
    {
        var found = await client.ListVersionsAsync(new ListVersionsRequest { BucketName = location.Bucket, MaxKeys = S3ObjectStore.PageSize }, cancellation);
        return (found.Versions ?? []).All(version => version.Key == _canary) && found.IsTruncated is not true;
    }

    private ObjectStoreException Unsafe(string finding) => new(
        $"Bucket '{location.Bucket}' at {location.Endpoint} {finding}. It was left as it is, and nothing is recorded into it.", ObjectStoreFault.Unsafe);
}
