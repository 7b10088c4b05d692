using Amazon.S3;
using Amazon.S3.Model;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Posture;

/// <summary>Real buckets in a real server (Ceph), judged from outside.</summary>
public sealed class CheckBucketTests(S3Server server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_as_the_product_makes_it_is_private_and_lacks_only_what_the_server_cannot_do()
    {
        var location = Location(S3Server.NewBucketName());
        using (var store = new S3ObjectStore(location, TimeProvider.System)) { await store.ProvisionAsync(Cancellation); }

        var report = await CheckAsync(location);

        Assert.Equal(("ceph", false), (report.Server, report.Public));
        Assert.Equal(["tls-not-enforced", "encryption-unsupported"], Rules(report)); // at an address without TLS nothing can demand it
        Assert.DoesNotContain("BlockPublicAcls", PostureRules.Find("pab-missing").MendFor("pab", location.Bucket, location.Endpoint!, report.Server), StringComparison.Ordinal); // this server would refuse every write
    }

    [Theory]
    [InlineData("s3:GetObject", "/*", "public-read")]
    [InlineData("s3:ListBucket", "", "public-list")]
    [InlineData("s3:ListBucketVersions", "", "public-list")]
    [InlineData("s3:PutObject", "/*", "public-write")]
    public async Task What_a_policy_opens_is_found_in_it_and_by_a_stranger(string action, string resource, string rule)
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await AllowEverybodyAsync(bucket, action, resource);

        var report = await CheckAsync(Location(bucket));

        Assert.True(report.Public);
        Assert.Contains(rule, Rules(report));
        Assert.DoesNotContain(Rules(report), found => found.StartsWith("probe", StringComparison.Ordinal)); // both say the same
    }

    [Fact]
    public async Task What_a_stranger_could_write_is_taken_away_again()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await server.Owner.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation);
        await AllowEverybodyAsync(bucket, "s3:PutObject\",\"s3:DeleteObject", "/*");

        Assert.Contains("public-write", Rules(await CheckAsync(Location(bucket))));
        await CheckAsync(Location(bucket));

        var left = await server.Owner.ListVersionsAsync(bucket, Cancellation);
        Assert.Equal(["posture/canary"], left.Versions.Select(version => version.Key)); // once, however often one looks
    }

    [Theory]
    [InlineData("public-read", "public-list")]
    [InlineData("authenticated-read", "public-list")]
    [InlineData("public-read-write", "public-write")]
    public async Task What_an_access_control_list_opens_is_found(string acl, string rule)
    {
        var bucket = S3Server.NewBucketName();
        await server.Owner.PutBucketAsync(new PutBucketRequest { BucketName = bucket, CannedACL = acl }, Cancellation);

        var report = await CheckAsync(Location(bucket));

        Assert.True(report.Public);
        var found = Assert.Single(report.Findings, finding => finding.Rule.Name == rule);
        Assert.Contains("put-bucket-acl", found.MendFor(bucket, server.Endpoint, report.Server), StringComparison.Ordinal); // not the policy, which says nothing of it
    }

    [Fact]
    public async Task What_only_a_stranger_shows_is_to_be_looked_for_at_the_objects()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await AllowEverybodyAsync(bucket, "s3:GetObject", "/posture/*", """ ,"Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}} """);
        var found = Assert.Single((await CheckAsync(Location(bucket))).Findings, finding => finding.Rule.Name == "public-read");
        Assert.Contains("put-object-acl", found.MendFor(bucket, server.Endpoint, "ceph"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_configuration_says_private_and_a_stranger_is_let_in_the_stranger_counts()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await AllowEverybodyAsync(bucket, "s3:GetObject", "/*", """ ,"Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}} """);

        var report = await CheckAsync(Location(bucket));

        Assert.True(report.Public);
        Assert.Equal(["probe-contradicts", "public-read"], Rules(report).Take(2));
    }

    [Fact]
    public async Task A_condition_that_whoever_asks_can_meet_is_met()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await AllowEverybodyAsync(bucket, "s3:GetObject", "/*", """ ,"Condition":{"StringLike":{"aws:Referer":"https://portal.example.com/*"}} """);

        var report = await CheckAsync(Location(bucket));

        Assert.True(report.Public);
        Assert.Contains("weak-condition", Rules(report));
        Assert.DoesNotContain("probe-unconfirmed", Rules(report));
    }

    [Fact]
    public async Task A_condition_that_is_met_another_day_counts_already()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await AllowEverybodyAsync(bucket, "s3:GetObject", "/*", """ ,"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2999-01-01T00:00:00Z"}} """);

        var report = await CheckAsync(Location(bucket));

        Assert.True(report.Public);
        Assert.Contains("probe-unconfirmed", Rules(report));
    }

    [Fact]
    public async Task Another_region_a_website_and_pages_that_may_read_are_found()
    {
        var bucket = await server.NewBucketAsync(Cancellation);
        await server.Owner.PutBucketWebsiteAsync(new() { BucketName = bucket, WebsiteConfiguration = new() { IndexDocumentSuffix = "index.html" } }, Cancellation);
        await server.Owner.PutCORSConfigurationAsync(new() { BucketName = bucket, Configuration = new() { Rules = [new() { AllowedOrigins = ["*"], AllowedMethods = ["GET", "PUT"] }] } }, Cancellation);

        var rules = Rules(await CheckAsync(Location(bucket, "eu-elsewhere")));

        Assert.Superset(new HashSet<string> { "region-mismatch", "website-enabled", "cors-any-origin", "cors-write-methods" }, rules.ToHashSet());
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_and_a_wrong_credential_are_said()
    {
        var missing = await Assert.ThrowsAsync<ObjectStoreException>(() => CheckAsync(Location(S3Server.NewBucketName())));
        Assert.Contains("posture/canary", missing.Message, StringComparison.Ordinal);

        var bucket = await server.NewBucketAsync(Cancellation);
        await Assert.ThrowsAsync<ObjectStoreException>(() => CheckAsync(Location(bucket, key: server.StrangerAccessKey, secret: server.StrangerSecretKey)));
    }

    private static Task<BucketReport> CheckAsync(S3LocationOptions location) => CheckBucket.RunAsync(location, new(null, [], null), Cancellation);

    private static IEnumerable<string> Rules(BucketReport report) => report.Findings.Select(finding => finding.Rule.Name);

    private Task AllowEverybodyAsync(string bucket, string action, string resource, string condition = "") => server.Owner.PutBucketPolicyAsync(
        bucket, $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["{{action}}"],"Resource":["arn:aws:s3:::{{bucket}}{{resource}}"]{{condition}}}]}""", Cancellation);

    private S3LocationOptions Location(string bucket, string? region = null, string? key = null, string? secret = null) => new()
    {
        Endpoint = server.Endpoint,
        Region = region ?? server.Region,
        Bucket = bucket,
        AccessKeyId = key ?? server.AccessKey,
        SecretAccessKey = secret ?? server.SecretKey,
    };
}
