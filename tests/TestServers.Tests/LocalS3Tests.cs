using System.Net;
using System.Security.Cryptography;
using Amazon.S3;

namespace SecureRecorder.TestServers.Tests;

/// <summary>deploy/local-s3.sh, as tests and the quick start use it.</summary>
public sealed class LocalS3Tests(S3Server server) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly string script = Repository.File("deploy/local-s3.sh");
    private readonly string data = Path.Combine(Path.GetTempPath(), "s3-" + RandomNumberGenerator.GetHexString(8, lowercase: true));

    [Fact]
    public async Task Stored_objects_survive_a_stop_and_a_kill_of_every_daemon()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await StartAsync("--store", "disk");
        using (var client = await ClientAsync())
        {
            await client.PutBucketAsync("kept", cancellation);
            await client.PutObjectAsync(new() { BucketName = "kept", Key = "object", ContentBody = "content", UseChunkEncoding = false }, cancellation);
        }

        await ChildProcess.RunAsync(script, ["stop", "--data", data], Limit, cancellation);
        await StartAsync();
        foreach (var pid in Directory.GetFiles(Path.Combine(data, "run"), "*.pid"))
        {
            await ChildProcess.RunAsync("kill", ["-9", (await File.ReadAllTextAsync(pid, cancellation)).Trim()], Limit, cancellation);
        }

        await StartAsync();
        using var again = await ClientAsync();
        using var read = await again.GetObjectAsync("kept", "object", cancellation);
        using var text = new StreamReader(read.ResponseStream);
        Assert.Equal("content", await text.ReadToEndAsync(cancellation));
    }

    [Theory]
    [InlineData("--address", "0.0.0.0", "loopback")]
    [InlineData("--address", "192.168.1.1", "loopback")]
    [InlineData("--port", "70000", "port '70000'")]
    [InlineData("--region", "Über", "region 'Über'")]
    [InlineData("--store", "tape", "store 'tape'")]
    public async Task What_it_cannot_do_safely_it_refuses_and_says_why(string option, string value, string said)
    {
        await using var refused = ChildProcess.Start(script, ["start", "--data", data, option, value]);

        Assert.Equal(2, await refused.WaitForExitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Contains(said, refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_its_own_is_left_alone()
    {
        var foreign = Directory.CreateDirectory(Path.Combine(data, "mon")).FullName;

        await using var refused = ChildProcess.Start(script, ["start", "--data", data]);

        Assert.Equal(2, await refused.WaitForExitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.True(Directory.Exists(foreign));
    }

    [Fact]
    public async Task Keys_are_needed_and_no_other_account_gets_in()
    {
        var bucket = await server.NewBucketAsync(TestContext.Current.CancellationToken);
        using var stranger = server.Client(server.StrangerAccessKey, server.StrangerSecretKey);
        using var forged = server.Client(server.AccessKey, server.StrangerSecretKey);
        using var http = new HttpClient();

        var denied = await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.ListObjectsV2Async(new() { BucketName = bucket }, TestContext.Current.CancellationToken));
        var mismatch = await Assert.ThrowsAsync<AmazonS3Exception>(() => forged.ListObjectsV2Async(new() { BucketName = bucket }, TestContext.Current.CancellationToken));
        using var anonymous = await http.GetAsync(new Uri(server.Endpoint, bucket), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Equal("SignatureDoesNotMatch", mismatch.ErrorCode);
        Assert.Equal(HttpStatusCode.Forbidden, anonymous.StatusCode);
    }

    [Fact]
    public async Task Its_secrets_are_readable_by_their_owner_alone()
    {
        await StartAsync("--store", "memory");

        Assert.All(
            new[] { "credentials.env", "keyring", "tls/key.pem" },
            name => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, name))));
    }

    public async ValueTask DisposeAsync()
    {
        await ChildProcess.RunAsync(script, ["stop", "--data", data], Limit);
        if (Directory.Exists(data)) { Directory.Delete(data, recursive: true); }
    }

    private Task StartAsync(params string[] options) => ChildProcess.RunAsync(script, ["start", "--data", data, .. options], Limit);

    private async Task<AmazonS3Client> ClientAsync()
    {
        var exports = await ChildProcess.RunAsync(script, ["env", "--data", data], Limit);
        var settings = exports.Split(['\n', ' ']).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new(settings["S3_ACCESS_KEY"], settings["S3_SECRET_KEY"], new AmazonS3Config
        {
            ServiceURL = settings["S3_ENDPOINT"],
            ForcePathStyle = true,
            AuthenticationRegion = settings["S3_REGION"],
        });
    }
}
