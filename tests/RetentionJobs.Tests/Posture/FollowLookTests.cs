// Longer than 300 lines: every way in which a bucket is opened and closed again, over one scene.
using System.Net;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Posture;

/// <summary>What follows when a bucket is public, on a real server (Ceph): it is kept, a breach opens, and where it is to be closed it is closed, by no more than that takes.</summary>
public sealed class FollowLookTests(S3Server server) : IAsyncLifetime
{
    private const string Innocent = """{"Sid":"Ünïcode ✓","Effect":"Allow","Principal":{"AWS":["arn:aws:iam:::user/reader"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::$B/shared/*","Condition":{"StringLike":{"aws:Referer":["https://a.example/*"]}}}""";
    private const string Open = """{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::$B","arn:aws:s3:::$B/*"]}""";

    private static readonly HttpClient Stranger = new();
    private readonly FindingsScene scene = new();
    private string bucket = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bucket = await server.NewBucketAsync(Cancellation);
        await PutAsync("v1/recording");
    }

    public ValueTask DisposeAsync()
    {
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_statement_that_lets_strangers_in_is_taken_out_and_the_one_beside_it_stays()
    {
        using var posture = Posture(closing: true);
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);
        var policy = await PutPolicyAsync(Innocent, Open);
        Assert.Equal(HttpStatusCode.OK, await AskAsync("v1/recording"));
        scene.Clock.Advance(TimeSpan.FromMinutes(40));

        var look = await posture.LookAsync(Cancellation);

        Assert.True(look!.IsSafe, string.Join(", ", look.Critical));
        await IsClosedAsync();
        var left = JsonNode.Parse((await server.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""{"Version":"2012-10-17","Statement":[{{Innocent.Replace("$B", bucket, StringComparison.Ordinal)}}]}"""), left), left.ToJsonString());

        var breach = Assert.Single(await BreachesAsync());
        Assert.Equal((scene.Clock.GetUtcNow(), scene.Clock.GetUtcNow() - TimeSpan.FromMinutes(40), scene.Clock.GetUtcNow(), BreachState.Open, bucket), (breach.OpenedAt, breach.PrivateAt, breach.EndedAt, breach.State, breach.Bucket));
        Assert.Contains("public-list (policy)", breach.Found, StringComparison.Ordinal);
        var saved = Assert.Single(await StepsAsync(), step => step.SavedKind == "policy").Saved!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(policy), JsonNode.Parse(saved)), saved);
        var trail = await scene.TrailAsync("");
        Assert.Contains(trail, row => row.StartsWith("location.closing main: Policy: takes out the statement that lets strangers in", StringComparison.Ordinal) && row.Contains(breach.Id.ToString(), StringComparison.Ordinal));
        Assert.Contains(trail, row => row.StartsWith("location.closed main: Closed automatically", StringComparison.Ordinal));
        Assert.Equal(["breach.opened", "finding.opened", "location.closed"], (await scene.AlertsAsync()).Select(alert => alert.Kind).Order(StringComparer.Ordinal)); // all of one moment
    }

    [Fact]
    public async Task A_list_that_lets_strangers_in_is_put_out_of_force_and_not_changed()
    {
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicReadWrite }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, await AskAsync("?list-type=2"));
        using var posture = Posture(closing: true);

        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);

        await IsClosedAsync();
        Assert.Contains("AllUsers", string.Join(' ', (await server.Owner.GetBucketAclAsync(new GetBucketAclRequest { BucketName = bucket }, Cancellation)).Grants.Select(grant => grant.Grantee.URI)), StringComparison.Ordinal);
        Assert.Equal((false, true, false, true), await BlockAsync());
        Assert.Equal("pab", Assert.Single(await StepsAsync(), step => step.SavedKind is not null).SavedKind);
    }

    [Fact]
    public async Task A_single_object_that_is_public_is_found_stops_recordings_and_is_closed()
    {
        await server.Owner.PutObjectAclAsync(new() { BucketName = bucket, Key = "v1/recording", ACL = S3CannedACL.PublicRead }, Cancellation);
        using (var watching = Posture(closing: false))
        {
            var found = await watching.LookAsync(Cancellation);
            Assert.Equal(["public-object"], found!.Critical);
            Assert.False(found.IsSafe);
        }

        var finding = Assert.Single(await scene.OpenAsync(), finding => finding.Rule == "public-object");
        Assert.Equal(($"{bucket}/v1/recording", FindingSeverity.Critical), (finding.Subject, finding.Severity));
        Assert.Contains("put-object-acl", finding.Mend, StringComparison.Ordinal);
        Assert.Contains("--key 'v1/recording'", finding.Mend, StringComparison.Ordinal);

        using var posture = Posture(closing: true);
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);
        await IsClosedAsync();
        Assert.Single(await BreachesAsync());
        Assert.DoesNotContain("v1/recording", string.Join(' ', (await scene.AlertsAsync()).Select(alert => alert.Text + alert.Title)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_was_public_is_looked_at_until_it_is_not_however_many_others_there_are()
    {
        await server.Owner.PutObjectAclAsync(new() { BucketName = bucket, Key = "v1/recording", ACL = S3CannedACL.PublicRead }, Cancellation);
        using var posture = Posture(closing: false);
        await posture.LookAsync(Cancellation);
        for (var i = 0; i < 120; i++) { await PutAsync($"v1/a-{i}"); }
        for (var i = 0; i < 3; i++) { Assert.False((await posture.LookAsync(Cancellation))!.IsSafe); }
        Assert.Single(await BreachesAsync(), breach => breach.EndedAt is null);

        await server.Owner.PutObjectAclAsync(new() { BucketName = bucket, Key = "v1/recording", ACL = S3CannedACL.Private }, Cancellation);
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);
        Assert.NotNull(Assert.Single(await BreachesAsync()).EndedAt);
    }

    [Fact]
    public async Task What_is_open_in_every_way_is_closed_in_every_way_and_what_blocked_before_blocks_still()
    {
        await PutPolicyAsync(Open);
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        await server.Owner.PutObjectAclAsync(new() { BucketName = bucket, Key = "v1/recording", ACL = S3CannedACL.PublicRead }, Cancellation);
        await server.Owner.PutPublicAccessBlockAsync(new() { BucketName = bucket, PublicAccessBlockConfiguration = new() { BlockPublicPolicy = true } }, Cancellation);
        using var posture = Posture(closing: true);

        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);

        await IsClosedAsync();
        Assert.Equal((false, true, true, true), await BlockAsync());
    }

    [Fact]
    public async Task A_denial_in_the_same_policy_stays()
    {
        var deny = """{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":["arn:aws:s3:::$B/held/*"]}""";
        await PutPolicyAsync(Open, deny);
        using var posture = Posture(closing: true);
        var look = await posture.LookAsync(Cancellation);
        Assert.True(look!.IsSafe, $"{look.Failure} {string.Join(", ", look.Critical)}");
        var left = JsonNode.Parse((await server.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy)!["Statement"]!.AsArray();
        Assert.Equal("Deny", Assert.Single(left)!["Effect"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_website_stops_recordings_and_whom_it_let_in_is_shut_out()
    {
        using var posture = Posture(closing: true);
        await server.Owner.PutBucketWebsiteAsync(new() { BucketName = bucket, WebsiteConfiguration = new() { IndexDocumentSuffix = "index.html" } }, Cancellation);
        Assert.Equal(["website-enabled"], (await posture.LookAsync(Cancellation))!.Critical);
        Assert.Empty(await BreachesAsync()); // nobody is let in yet

        await PutPolicyAsync(Open);
        Assert.Equal(HttpStatusCode.OK, await AskAsync("v1/recording"));
        var look = await posture.LookAsync(Cancellation);
        await IsClosedAsync();
        Assert.Equal(scene.Clock.GetUtcNow(), Assert.Single(await BreachesAsync()).EndedAt);
        Assert.Equal(["website-enabled"], look!.Critical);
        Assert.False(look.IsSafe);

        await server.Owner.DeleteBucketWebsiteAsync(bucket, Cancellation);
        Assert.True((await posture.LookAsync(Cancellation))!.IsSafe);
    }

    [Fact]
    public async Task Where_nobody_chose_it_nothing_is_changed()
    {
        var policy = await PutPolicyAsync(Open);
        using var posture = Posture(closing: false);
        Assert.False((await posture.LookAsync(Cancellation))!.IsSafe);
        Assert.Equal(policy, (await server.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy);
        Assert.Null(Assert.Single(await BreachesAsync()).EndedAt);
        Assert.Empty(await StepsAsync());
        Assert.Equal(HttpStatusCode.OK, await AskAsync("v1/recording"));
    }

    [Fact]
    public async Task What_cannot_be_closed_is_said_loudly_and_nothing_innocent_is_taken_out()
    {
        // Nothing in it lets everybody in: the stranger comes from an address that it names.
        var policy = await PutPolicyAsync("""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::$B/*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}""");
        using var posture = Posture(closing: true);
        Assert.False((await posture.LookAsync(Cancellation))!.IsSafe);
        Assert.Equal(policy, (await server.Owner.GetBucketPolicyAsync(bucket, Cancellation)).Policy);
        var loud = Assert.Single(await scene.AlertsAsync(), alert => alert.Kind == "location.not-closed");
        Assert.Contains("STILL PUBLIC", loud.Title, StringComparison.Ordinal);
        Assert.Contains(await StepsAsync(), step => step.What.StartsWith("It could not be closed automatically", StringComparison.Ordinal));

        // It is not tried at every look, and said once.
        var tried = (await scene.TrailAsync("location.not-closed")).Count;
        await posture.LookAsync(Cancellation);
        Assert.Equal(tried, (await scene.TrailAsync("location.not-closed")).Count);
        scene.Clock.Advance(TimeSpan.FromMinutes(6));
        await posture.LookAsync(Cancellation);
        Assert.Equal(tried + 1, (await scene.TrailAsync("location.not-closed")).Count);
        Assert.Single(await scene.AlertsAsync(), alert => alert.Kind == "location.not-closed");
    }

    [Fact]
    public async Task A_grant_to_everybody_is_taken_out_of_a_list_and_the_others_stay()
    {
        var owner = (await server.Owner.GetBucketAclAsync(new GetBucketAclRequest { BucketName = bucket }, Cancellation)).Owner;
        using var other = server.Client(server.StrangerAccessKey, server.StrangerSecretKey);
        var friend = (await other.ListBucketsAsync(Cancellation)).Owner;
        S3Grant Of(S3Grantee who, S3Permission what) => new() { Grantee = who, Permission = what };
        S3Grantee Everybody(string group) => new() { URI = "http://acs.amazonaws.com/groups/global/" + group };
        List<S3Grant> grants = // sent as headers: the SDK writes lists in a way that this server does not read
        [
            Of(new() { CanonicalUser = owner.Id }, S3Permission.FULL_CONTROL), Of(new() { CanonicalUser = friend.Id }, S3Permission.READ), Of(Everybody("AllUsers"), S3Permission.READ), Of(Everybody("AuthenticatedUsers"), S3Permission.READ_ACP),
        ];
        bucket = S3Server.NewBucketName();
        await server.Owner.PutBucketAsync(new PutBucketRequest { BucketName = bucket, Grants = grants }, Cancellation);
        await server.Owner.PutObjectAsync(new() { BucketName = bucket, Key = "v1/recording", ContentBody = "sealed", UseChunkEncoding = false, Grants = grants }, Cancellation);

        using var change = new S3BucketChange(Location(closing: true), TimeProvider.System);
        foreach (var key in new[] { null, "v1/recording" })
        {
            var saved = "";
            var removed = await change.RemovePublicGrantsAsync(key, old => { saved = old; return Task.CompletedTask; }, Cancellation);
            Assert.Equal(["READ to AllUsers", "READ_ACP to AuthenticatedUsers"], removed);
            Assert.Contains("AllUsers", saved, StringComparison.Ordinal);
            var left = key is null
                ? (await server.Owner.GetBucketAclAsync(new GetBucketAclRequest { BucketName = bucket }, Cancellation)).Grants
                : (await server.Owner.GetObjectAclAsync(new GetObjectAclRequest { BucketName = bucket, Key = key }, Cancellation)).Grants;
            Assert.Equal([(friend.Id, "READ"), (owner.Id, "FULL_CONTROL")], left.Select(grant => (grant.Grantee.CanonicalUser, grant.Permission.Value)).OrderByDescending(grant => grant.Value));
            Assert.Empty(await change.RemovePublicGrantsAsync(key, _ => throw new InvalidOperationException("nothing is saved where nothing is changed"), Cancellation));
        }

        await IsClosedAsync();
    }

    [Fact]
    public async Task What_cannot_be_looked_at_closes_no_finding_and_ends_no_breach()
    {
        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
        using (var posture = Posture(closing: false)) { await posture.LookAsync(Cancellation); }
        var before = (await scene.OpenAsync()).Count;

        using (var away = Posture(closing: true, new("http://127.0.0.1:1"))) { await away.LookAsync(Cancellation); }

        Assert.Equal(["not-checked"], (await scene.OpenAsync()).Where(finding => finding.Source == FollowLook.ReachSource).Select(finding => finding.Rule));
        Assert.Equal(before + 1, (await scene.OpenAsync()).Count);
        Assert.Null(Assert.Single(await BreachesAsync()).EndedAt);
        var look = await scene.ReadAsync(db => db.Looks.AsNoTracking().SingleAsync());
        Assert.Contains("127.0.0.1:1", look.Failure, StringComparison.Ordinal);
        Assert.True(look.Public); // as it was when it could last be told

        await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
        using (var posture = Posture(closing: false)) { await posture.LookAsync(Cancellation); }
        Assert.DoesNotContain(await scene.OpenAsync(), finding => finding.Source == FollowLook.ReachSource);
        Assert.NotNull(Assert.Single(await BreachesAsync()).EndedAt);
    }

    [Fact]
    public async Task A_bucket_that_is_opened_again_is_another_breach()
    {
        using var posture = Posture(closing: false);
        for (var i = 0; i < 2; i++)
        {
            await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.PublicRead }, Cancellation);
            await posture.LookAsync(Cancellation);
            await posture.LookAsync(Cancellation);
            await server.Owner.PutBucketAclAsync(new() { BucketName = bucket, ACL = S3CannedACL.Private }, Cancellation);
            await posture.LookAsync(Cancellation);
            scene.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(2, (await BreachesAsync()).Count);
        Assert.Equal(2, (await scene.AlertsAsync()).Count(alert => alert.Kind == "breach.opened"));
    }

    /// <summary>Strangers get nothing, and the owner still writes and reads.</summary>
    private async Task IsClosedAsync()
    {
        foreach (var path in new[] { "v1/recording", "?list-type=2", "?versions" }) { Assert.Equal((path, HttpStatusCode.Forbidden), (path, await AskAsync(path))); }
        using var put = await Stranger.PutAsync(new Uri(server.Endpoint, $"{bucket}/v1/stranger"), new ByteArrayContent([1]), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        await PutAsync("v1/next");
        using var read = await server.Owner.GetObjectAsync(bucket, "v1/recording", Cancellation);
        Assert.Equal(HttpStatusCode.OK, read.HttpStatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address)
    {
        using var answer = await Stranger.GetAsync(address, Cancellation);
        return answer.StatusCode;
    }

    private Task<HttpStatusCode> AskAsync(string path) => StatusAsync(new Uri(server.Endpoint, path.StartsWith('?') ? bucket + path : $"{bucket}/{path}"));

    private Task PutAsync(string key) => server.Owner.PutObjectAsync(new() { BucketName = bucket, Key = key, ContentBody = "sealed", UseChunkEncoding = false }, Cancellation);

    private async Task<string> PutPolicyAsync(params string[] statements)
    {
        var policy = $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""".Replace("$B", bucket, StringComparison.Ordinal);
        await server.Owner.PutBucketPolicyAsync(bucket, policy, Cancellation);
        return policy;
    }

    private async Task<(bool, bool, bool, bool)> BlockAsync()
    {
        using var check = new S3BucketCheck(Location(closing: false), TimeProvider.System);
        var block = (await check.ReadAsync(Cancellation)).Documents["pab"];
        bool On(string name) => block.GetProperty(name).GetString() is "true" or "TRUE";
        return (On("BlockPublicAcls"), On("IgnorePublicAcls"), On("BlockPublicPolicy"), On("RestrictPublicBuckets"));
    }

    private Task<List<Breach>> BreachesAsync() => scene.ReadAsync(db => db.Breaches.AsNoTracking().OrderBy(breach => breach.OpenedAt).ToListAsync());

    private Task<List<BreachStep>> StepsAsync() => scene.ReadAsync(db => db.BreachSteps.AsNoTracking().OrderBy(step => step.At).ThenBy(step => step.Id).ToListAsync());

    private LastPosture Posture(bool closing, Uri? endpoint = null) => new(new("main", Location(closing, endpoint)), scene.Follow, scene, scene.Clock, NullLogger<LastPosture>.Instance);

    private S3LocationOptions Location(bool closing, Uri? endpoint = null) => new()
    {
        Endpoint = endpoint ?? server.Endpoint, Region = server.Region, Bucket = bucket, AccessKeyId = server.AccessKey, SecretAccessKey = server.SecretKey, CloseAutomatically = closing,
    };
}
