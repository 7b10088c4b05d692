namespace SecureRecorder.RetentionJobs.Posture.Policies;

/// <summary>The actions of S3 that matter to recordings: what a stranger could do with each, and on what.</summary>
internal static class PolicyActions
{
    private static readonly string[] OnBucket =
    [
        "ListBucket", "ListBucketVersions", "ListBucketMultipartUploads",
        "GetBucketAcl", "GetBucketCORS", "GetBucketLocation", "GetBucketLogging", "GetBucketNotification", "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPolicyStatus",
        "GetBucketPublicAccessBlock", "GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetAccelerateConfiguration", "GetAnalyticsConfiguration", "GetEncryptionConfiguration",
        "GetInventoryConfiguration", "GetLifecycleConfiguration", "GetMetricsConfiguration", "GetReplicationConfiguration",
        "PutBucketAcl", "PutBucketCORS", "PutBucketLogging", "PutBucketNotification", "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketPublicAccessBlock",
        "PutBucketRequestPayment", "PutBucketTagging", "PutBucketVersioning", "PutBucketWebsite", "PutEncryptionConfiguration", "PutInventoryConfiguration", "PutLifecycleConfiguration", "PutReplicationConfiguration",
        "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketPublicAccessBlock", "DeleteBucketOwnershipControls", "DeleteBucketWebsite",
    ];

    private static readonly string[] OnObjects =
    [
        "GetObject", "GetObjectVersion", "GetObjectAcl", "GetObjectVersionAcl", "GetObjectAttributes", "GetObjectVersionAttributes", "GetObjectTagging", "GetObjectVersionTagging", "GetObjectTorrent",
        "GetObjectVersionTorrent", "GetObjectRetention", "GetObjectLegalHold", "GetObjectVersionForReplication",
        "PutObject", "PutObjectTagging", "PutObjectVersionTagging", "PutObjectRetention", "PutObjectLegalHold", "DeleteObject", "DeleteObjectVersion", "DeleteObjectTagging", "DeleteObjectVersionTagging",
        "AbortMultipartUpload", "RestoreObject", "PutObjectAcl", "PutObjectVersionAcl", "BypassGovernanceRetention", "ObjectOwnerOverrideToBucketOwner",
    ];

    public static IReadOnlyList<PolicyAction> All { get; } =
    [
        .. OnBucket.Select(name => new PolicyAction("s3:" + name, OfBucket: true, OfBucketAction(name))),
        .. OnObjects.Select(name => new PolicyAction("s3:" + name, OfBucket: false, OfObjectAction(name))),
    ];

    private static string OfBucketAction(string name) => name[0] switch
    {
        'L' => PostureRules.PublicList,
        'G' => PostureRules.PublicMetadata,
        _ => PostureRules.PublicAdmin,
    };

    private static string OfObjectAction(string name) => name switch
    {
        _ when name.StartsWith("GetObject", StringComparison.Ordinal) => PostureRules.PublicRead,
        "PutObjectAcl" or "PutObjectVersionAcl" or "BypassGovernanceRetention" or "ObjectOwnerOverrideToBucketOwner" => PostureRules.PublicAdmin,
        _ => PostureRules.PublicWrite,
    };
}

/// <param name="Name">With its service: <c>s3:GetObject</c>.</param>
/// <param name="OfBucket">Whether it is on the bucket, not on its objects.</param>
/// <param name="Finding">What it is where everybody may.</param>
internal sealed record PolicyAction(string Name, bool OfBucket, string Finding);
