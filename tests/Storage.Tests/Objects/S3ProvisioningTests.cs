using System.Security.Cryptography.X509Certificates;
using Amazon.S3;
using Amazon.S3.Model;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Objects;

public sealed class S3ProvisioningTests(S3Server server)
{
    private const string PublicRead = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::BUCKET/*"]}]}""";
    private readonly string bucket = S3Server.NewBucketName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_is_created_in_its_region_and_every_measure_is_reported_as_it_is()
    {
        using var store = Open();

        var report = await store.ProvisionAsync(Cancellation);

        Assert.True(report.Created);
        Assert.Equal(server.Region, (await server.Owner.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = bucket }, Cancellation)).Location.Value);
        Assert.Equal(
            ["bucket", "region", "public-access-block", "owner-enforced", "acl", "tls-only", "no-cors", "no-website", "put-once", "private"],
            report.Steps.Select(step => step.Measure));
        Assert.Equal(["public-access-block", "owner-enforced", "tls-only"], report.Missing.Select(step => step.Measure));
        Assert.Contains("BlockPublicAcls", Step(report, "public-access-block").Detail, StringComparison.Ordinal);
        Assert.Contains("plain http", Step(report, "tls-only").Detail, StringComparison.Ordinal);
        Assert.True(await store.PutOnceAsync("v1/first", new byte[10], Cancellation));
    }

    [Fact]
    public async Task Public_access_stays_blocked_even_for_who_opens_the_bucket_later()
    {
        using var store = Open();
        await store.ProvisionAsync(Cancellation);

        await Assert.ThrowsAsync<AmazonS3Exception>(() => server.Owner.PutBucketPolicyAsync(bucket, PolicyOf(PublicRead), Cancellation));
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);

        Assert.Equal(StrangerVerdict.Private, (await store.ProbeStrangerAsync(Cancellation)).Verdict);
    }

    [Fact]
    public async Task Through_tls_the_bucket_denies_plain_http_even_to_its_owner()
    {
        using var store = OpenTls();

        var report = await store.ProvisionAsync(Cancellation);

        Assert.True(Step(report, "tls-only").Done, Step(report, "tls-only").Detail);
        Assert.True(await store.PutOnceAsync("v1/through-tls", new byte[10], Cancellation));
        using var plain = Open();
        var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => plain.GetAsync("v1/through-tls", 10, Cancellation));
        Assert.Equal(ObjectStoreFault.Denied, denied.Fault);
    }

    [Fact]
    public async Task A_second_time_finds_what_the_first_one_made_and_changes_nothing()
    {
        using var store = OpenTls();
        var first = await store.ProvisionAsync(Cancellation);
        await store.PutOnceAsync("v1/recorded", new byte[10], Cancellation);

        var second = await store.ProvisionAsync(Cancellation);

        Assert.False(second.Created);
        Assert.Contains("not changed", Step(second, "bucket").Detail, StringComparison.Ordinal);
        Assert.Equal(first.Steps.Select(step => (step.Measure, step.Done)), second.Steps.Select(step => (step.Measure, step.Done)));
    }

    [Fact]
    public async Task Versions_and_object_lock_come_when_they_are_asked_for_and_put_once_is_tried_out()
    {
        using var store = Open(objectLock: true);

        var report = await store.ProvisionAsync(Cancellation);

        Assert.True(Step(report, "versioning").Done);
        Assert.True(Step(report, "object-lock").Done);
        // this server ignores If-None-Match on a bucket that keeps versions: it must say so, and leave no version behind
        Assert.False(Step(report, "put-once").Done);
        Assert.Contains("twice", Step(report, "put-once").Detail, StringComparison.Ordinal);
        Assert.Single((await server.Owner.ListVersionsAsync(bucket, Cancellation)).Versions);
        Assert.True(await store.PutOnceAsync("v1/a", new byte[1], Cancellation));
        Assert.False(await store.PutOnceAsync("v1/a", new byte[2], Cancellation));
    }

    [Theory]
    [InlineData("public-read")]
    [InlineData("public-read-write")]
    [InlineData("authenticated-read")]
    public async Task A_bucket_that_is_public_by_its_acl_is_refused_and_left_as_it_is(string acl)
    {
        await server.Owner.PutBucketAsync(new PutBucketRequest { BucketName = bucket, CannedACL = acl }, Cancellation);
        var before = await DescribeAsync();
        using var store = Open();

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.Contains(bucket, refused.Message, StringComparison.Ordinal);
        Assert.Contains("public", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await DescribeAsync());
    }

    [Fact]
    public async Task A_bucket_that_is_public_by_its_policy_is_refused_and_left_as_it_is()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        await server.Owner.PutBucketPolicyAsync(bucket, PolicyOf(PublicRead), Cancellation);
        var before = await DescribeAsync();
        using var store = Open();

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.Equal(before, await DescribeAsync());
    }

    [Fact]
    public async Task What_a_condition_opens_to_everybody_a_stranger_finds()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        var conditional = PublicRead.Replace("{\"Effect\"", """{"Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}},"Effect" """.TrimEnd(), StringComparison.Ordinal);
        await server.Owner.PutBucketPolicyAsync(bucket, PolicyOf(conditional), Cancellation);
        Assert.Null(BucketExposure.FindPublicStatement(PolicyOf(conditional)));
        using var store = Open();

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.Contains("Without a credential", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_sees_a_public_list_and_a_public_object_and_nothing_of_a_private_bucket()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        using var store = Open();
        Assert.Equal(StrangerVerdict.Private, (await store.ProbeStrangerAsync(Cancellation)).Verdict);

        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        Assert.Equal(StrangerVerdict.Public, (await store.ProbeStrangerAsync(Cancellation)).Verdict);

        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
        await server.Owner.PutBucketPolicyAsync(bucket, PolicyOf(PublicRead), Cancellation);
        var finding = await store.ProbeStrangerAsync(Cancellation);
        Assert.Equal(StrangerVerdict.Public, finding.Verdict);
        Assert.Contains("list → 403", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("→ 200", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_in_another_region_is_refused()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        using var store = Open(region: "us-west");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.Contains("'eu-central'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'us-west'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_that_the_server_does_not_have_gets_no_bucket()
    {
        using var store = Open(region: "us-west");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Unsafe, refused.Fault);
        Assert.DoesNotContain((await server.Owner.ListBucketsAsync(Cancellation)).Buckets ?? [], found => found.BucketName == bucket);
    }

    [Fact]
    public async Task A_bucket_of_another_account_is_denied()
    {
        using var stranger = server.Client(server.StrangerAccessKey, server.StrangerSecretKey);
        await stranger.PutBucketAsync(bucket, Cancellation);
        using var store = Open();

        var denied = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ProvisionAsync(Cancellation));

        Assert.Equal(ObjectStoreFault.Denied, denied.Fault);
    }

    [Fact]
    public async Task A_bucket_with_objects_is_checked_and_not_changed()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        await server.Owner.PutObjectAsync(new() { BucketName = bucket, Key = "theirs", ContentBody = "x", UseChunkEncoding = false }, Cancellation);
        await server.Owner.PutCORSConfigurationAsync(
            new() { BucketName = bucket, Configuration = new() { Rules = [new() { AllowedMethods = ["GET"], AllowedOrigins = ["*"] }] } }, Cancellation);
        await server.Owner.PutBucketWebsiteAsync(bucket, new() { IndexDocumentSuffix = "index.html" }, Cancellation);
        var before = await DescribeAsync();
        using var store = OpenTls();

        var report = await store.ProvisionAsync(Cancellation);

        Assert.Equal(
            ["public-access-block", "owner-enforced", "tls-only", "no-cors", "no-website"],
            report.Missing.Select(step => step.Measure));
        Assert.Contains("configured", Step(report, "no-cors").Detail, StringComparison.Ordinal);
        Assert.Contains("configured", Step(report, "no-website").Detail, StringComparison.Ordinal);
        Assert.Equal(before, await DescribeAsync());
    }

    [Fact]
    public async Task A_policy_that_the_bucket_has_already_is_never_replaced()
    {
        await server.Owner.PutBucketAsync(bucket, Cancellation);
        var own = PolicyOf("""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:DeleteBucket"],"Resource":["arn:aws:s3:::BUCKET"]}]}""");
        await server.Owner.PutBucketPolicyAsync(bucket, own, Cancellation);
        using var store = OpenTls();

        var report = await store.ProvisionAsync(Cancellation);

        Assert.False(Step(report, "tls-only").Done);
        Assert.Equal(own, (await server.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy);
    }

    private static ProvisionStep Step(ProvisionReport report, string measure) => Assert.Single(report.Steps, step => step.Measure == measure);

    private string PolicyOf(string template) => template.Replace("BUCKET", bucket, StringComparison.Ordinal);

    /// <summary>All that could have been changed, as text.</summary>
    private async Task<string> DescribeAsync()
    {
        var acl = await server.Owner.GetBucketAclAsync(new GetBucketAclRequest { BucketName = bucket }, Cancellation);
        var said = new List<string> { string.Join(",", acl.Grants.Select(grant => $"{grant.Permission.Value} {grant.Grantee.CanonicalUser}{grant.Grantee.URI}").Order(StringComparer.Ordinal)) };
        said.Add("policy: " + await S3Measures.ReadPolicyAsync(server.Owner, bucket, Cancellation));
        foreach (var question in new[] { "cors", "website", "versioning", "publicAccessBlock" })
        {
            said.Add(question + ": " + await ReadAsync(question));
        }

        return string.Join('\n', said);
    }

    private async Task<string> ReadAsync(string question)
    {
        using var http = new HttpClient();
        var said = await new S3Question(http, Options(server.Endpoint, server.Region, objectLock: false), TimeProvider.System).AskAsync(question, Cancellation);
        return said is null ? "none" : string.Join(' ', said.SelectMany(values => values));
    }

    private S3ObjectStore Open(string? region = null, bool objectLock = false) =>
        new(Options(server.Endpoint, region ?? server.Region, objectLock), TimeProvider.System);

    private S3ObjectStore OpenTls()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(server.TlsCertificate));
        return new(Options(server.TlsEndpoint, server.Region, objectLock: false), TimeProvider.System, () => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = new() { CertificateChainPolicy = trust },
        });
    }

    private S3LocationOptions Options(Uri endpoint, string region, bool objectLock) => new()
    {
        Endpoint = endpoint,
        Region = region,
        Bucket = bucket,
        AccessKeyId = server.AccessKey,
        SecretAccessKey = server.SecretKey,
        ObjectLock = objectLock,
    };
}
