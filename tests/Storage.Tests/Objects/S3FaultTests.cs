using System.Net;
using System.Net.Sockets;
using SecureRecorder.Storage.Objects;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Objects;

/// <summary>What a store says when its server misbehaves in ways that a real one cannot be told to.</summary>
public sealed class S3FaultTests
{
    private const string Name = "v1/s/video/00000000.seal";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "InternalError", ObjectStoreFault.Unavailable)]
    [InlineData(503, "SlowDown", ObjectStoreFault.Unavailable)]
    [InlineData(502, "", ObjectStoreFault.Unavailable)]
    [InlineData(429, "TooManyRequests", ObjectStoreFault.Unavailable)]
    [InlineData(507, "InsufficientStorage", ObjectStoreFault.Full)]
    [InlineData(403, "QuotaExceeded", ObjectStoreFault.Full)]
    [InlineData(401, "Unauthorized", ObjectStoreFault.Denied)]
    [InlineData(400, "AuthorizationHeaderMalformed", ObjectStoreFault.Rejected)]
    [InlineData(301, "PermanentRedirect", ObjectStoreFault.Rejected)]
    [InlineData(404, "NoSuchBucket", ObjectStoreFault.BucketMissing)]
    public async Task An_answer_becomes_a_fault_that_names_operation_object_and_answer(int status, string code, ObjectStoreFault fault)
    {
        await using var server = BrokenServer.Answering(status, code.Length == 0 ? "<html>no</html>" : $"<Error><Code>{code}</Code><Message>so it is</Message></Error>");
        using var store = Open(server.Endpoint);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync(Name, 10, Cancellation));

        Assert.Equal(fault, failure.Fault);
        Assert.Contains("GET", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Name, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{status} {code}".Trim(), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_the_middle_of_a_put_is_unavailable()
    {
        await using var server = BrokenServer.CuttingAfter(10_000);
        using var store = Open(server.Endpoint);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutOnceAsync(Name, new byte[5_000_000], Cancellation));

        Assert.Equal(ObjectStoreFault.Unavailable, failure.Fault);
        Assert.NotEqual(0, server.Connections);
    }

    [Fact]
    public async Task An_answer_that_is_cut_in_the_middle_never_passes_for_the_object()
    {
        await using var server = BrokenServer.AnsweringHalf(announcedBytes: 1000, sentBytes: 400);
        using var store = Open(server.Endpoint);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync(Name, 2000, Cancellation));

        Assert.Equal(ObjectStoreFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_unavailable_after_the_time_limit()
    {
        await using var server = BrokenServer.Silent();
        using var store = Open(server.Endpoint);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.GetAsync(Name, 10, Cancellation));

        Assert.Equal(ObjectStoreFault.Unavailable, failure.Fault);
        Assert.Contains("in time", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var store = Open(new($"http://127.0.0.1:{LoopbackPort.Take()}"));

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.FindAsync(Name, Cancellation));

        Assert.Equal(ObjectStoreFault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_a_cancellation_and_not_a_fault()
    {
        await using var server = BrokenServer.Silent();
        using var store = Open(server.Endpoint);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asking = store.GetAsync(Name, 10, patience.Token);
        while (server.Connections == 0) { await Task.Delay(10, Cancellation); }

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_list_that_is_cut_without_saying_where_is_not_taken_for_whole()
    {
        await using var server = BrokenServer.Answering(200, "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>v1/a</Key><Size>1</Size></Contents></ListBucketResult>");
        using var store = Open(server.Endpoint);

        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() => store.ListAsync("", null, Cancellation).ToListAsync(Cancellation).AsTask());

        Assert.Contains("cut the list", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(404, "")]
    [InlineData(200, "<html>Welcome to the hotel's network</html>")]
    public async Task What_says_nothing_about_strangers_is_unknown_and_never_private(int status, string body)
    {
        await using var server = BrokenServer.Answering(status, body);
        using var client = new HttpClient();

        var finding = await StrangerProbe.RunAsync(client, server.Endpoint, "bucket", "posture/canary", Canary.Content, Cancellation);

        Assert.Equal(StrangerVerdict.Unknown, finding.Verdict);
    }

    [Fact]
    public async Task A_server_that_a_stranger_cannot_reach_is_unknown()
    {
        await using var server = BrokenServer.CuttingAfter(0);
        using var client = new HttpClient();

        var finding = await StrangerProbe.RunAsync(client, server.Endpoint, "bucket", "posture/canary", Canary.Content, Cancellation);

        Assert.Equal(StrangerVerdict.Unknown, finding.Verdict);
    }

    private static S3ObjectStore Open(Uri endpoint) => new(
        new() { Endpoint = endpoint, Region = "eu-central", Bucket = "bucket", AccessKeyId = "key", SecretAccessKey = "secret", RequestTimeoutSeconds = 1 },
        TimeProvider.System);
}
