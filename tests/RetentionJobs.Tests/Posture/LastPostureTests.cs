using Amazon.S3;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Posture;

/// <summary>What stops recordings, and how long a look counts: on a real server (Ceph).</summary>
public sealed class LastPostureTests : IAsyncLifetime
{
    private readonly S3Server server;
    private readonly FindingsScene scene = new();
    private string bucket = "";

    public LastPostureTests(S3Server server) => this.server = server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bucket = await server.NewBucketAsync(Cancellation);

    public ValueTask DisposeAsync()
    {
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_trail_says_when_a_bucket_stopped_being_safe_and_when_it_was_again_and_nothing_between()
    {
        using var posture = Open();
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        await posture.LookAsync(Cancellation);
        Assert.False((await posture.LookAsync(Cancellation))!.IsSafe);
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);

        Assert.Equal(["location.unsafe main: public-list", "location.safe main: "], await scene.TrailAsync("location."));
    }

    [Fact]
    public async Task A_good_look_counts_for_two_hours_a_bad_one_for_seconds()
    {
        using var posture = Open();
        var good = await posture.CurrentAsync(Cancellation);
        scene.Clock.Advance(LastPosture.Validity - TimeSpan.FromSeconds(1));
        Assert.Same(good, await posture.CurrentAsync(Cancellation));
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await posture.CurrentAsync(Cancellation))!.IsSafe);

        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
        Assert.False((await posture.CurrentAsync(Cancellation))!.IsSafe);
        scene.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await posture.CurrentAsync(Cancellation))!.IsSafe);
    }

    [Fact]
    public async Task A_good_look_ends_when_another_process_has_found_something_since()
    {
        using var here = Open();
        using var there = Open();
        var good = await here.CurrentAsync(Cancellation);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await there.LookAsync(Cancellation))!.IsSafe);
        Assert.Same(good, await here.CurrentAsync(Cancellation));

        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        await there.LookAsync(Cancellation);
        Assert.False((await here.CurrentAsync(Cancellation))!.IsSafe);
        Assert.True(here.HasLookedSince(good!.Timestamp));
    }

    [Fact]
    public async Task What_cannot_be_looked_at_or_lies_elsewhere_is_not_safe()
    {
        using var away = Open(new("http://127.0.0.1:1"));
        var look = await away.LookAsync(Cancellation);
        Assert.False(look!.IsSafe);
        Assert.Contains("127.0.0.1:1", look.Failure, StringComparison.Ordinal);

        using var elsewhere = Open(region: "eu-elsewhere");
        var other = await elsewhere.LookAsync(Cancellation);
        Assert.Equal(["region-mismatch"], other!.Critical);
        Assert.False(other.IsSafe);
    }

    [Fact]
    public async Task Where_there_is_no_bucket_there_is_nothing_to_look_at()
    {
        using var posture = new LastPosture(new("main", null), scene.Follow, scene, scene.Clock, NullLogger<LastPosture>.Instance);
        Assert.Null(await posture.CurrentAsync(Cancellation));
    }

    private LastPosture Open(Uri? endpoint = null, string? region = null) => new(
        new("main", new S3LocationOptions { Endpoint = endpoint ?? server.Endpoint, Region = region ?? server.Region, Bucket = bucket, AccessKeyId = server.AccessKey, SecretAccessKey = server.SecretKey }),
        scene.Follow, scene, scene.Clock, NullLogger<LastPosture>.Instance);
}
