using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>The four switches of a public access block. What is absent is off.</summary>
internal readonly record struct PublicAccessBlock(bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets)
{
    /// <summary>Whether all are on that a server can have on: with <c>BlockPublicAcls</c>, Ceph refuses every write.</summary>
    public bool IsComplete(PostureContext context) => (BlockPublicAcls || context.IsCeph) && IgnorePublicAcls && BlockPublicPolicy && RestrictPublicBuckets;

    public bool IsOff => this == default;

    public static PublicAccessBlock Read(JsonElement json)
    {
        var block = json.Unwrap("PublicAccessBlockConfiguration");
        return new(On("BlockPublicAcls"), On("IgnorePublicAcls"), On("BlockPublicPolicy"), On("RestrictPublicBuckets"));

        bool On(string name) => block.Find(name).AsFlag() is true;
    }

    /// <summary>What is on in either: of a bucket and its account the stricter one counts.</summary>
    public static PublicAccessBlock operator |(PublicAccessBlock left, PublicAccessBlock right) => new(
        left.BlockPublicAcls || right.BlockPublicAcls, left.IgnorePublicAcls || right.IgnorePublicAcls,
        left.BlockPublicPolicy || right.BlockPublicPolicy, left.RestrictPublicBuckets || right.RestrictPublicBuckets);
}
