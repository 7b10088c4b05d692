using Amazon.Runtime;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Kms;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>A key of AWS KMS.</summary>
public sealed class KmsConformance : KeyServiceConformance, IAsyncDisposable
{
    private readonly KmsServer _server = new();

    /// <summary>Asymmetric keys have no versions: another one is another key.</summary>
    private protected override bool Rotates => false;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override ServiceKey Open(string name) => new KmsKey(_server.ArnOf(name), new BasicAWSCredentials("AKIAEXAMPLE", "a secret of the tests"), _server.Address.ToString(), Clock);

    private protected override Task<KekScene> MakeKeyAsync(string kind)
    {
        _server.AddKey("kek", kind);
        var key = Open("kek");
        return Task.FromResult(new KekScene(key, _server, "kek", () =>
        {
            key.Dispose();
            return ValueTask.CompletedTask;
        }));
    }

    [Fact]
    public async Task A_key_that_waits_for_its_deletion_can_be_saved_and_counts_as_away()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        _server.ScheduleDeletion("kek");

        Assert.Contains("pending deletion", (await AwayAsync(scene, wrapped)).Message, StringComparison.Ordinal);
        Assert.Contains("pending deletion", (await Assert.ThrowsAsync<KeyRefusedException>(() => scene.Service.LookUpAsync(Cancellation))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_not_repeated_because_a_key_may_be_in_it()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        _server.Answer(3, "{\"Plaintext\":\"c2VjcmV0LXNlY3JldC1zZWNyZXQ=\",,,");
        Assert.DoesNotContain("c2VjcmV0", (await AwayAsync(scene, wrapped)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:kms:eu-central-1:111122223333:alias/kek")]
    [InlineData("arn:aws:s3:eu-central-1:111122223333:key/0")]
    [InlineData("arn:aws:kms:eu-central-1:1111:key/0")]
    [InlineData("arn:aws:kms:eu-central-1:111122223333:key/0\n")]
    [InlineData("")]
    public void Only_the_ARN_of_a_key_is_one(string arn)
    {
        Assert.Contains("is not the ARN", Assert.Throws<KeyRefusedException>(() => new KmsKey(arn, null, null, Clock)).Message, StringComparison.Ordinal);
        Assert.Null(KmsKey.RegionOf(arn));
    }

    [Fact]
    public void An_ARN_says_its_region() => Assert.Equal("us-gov-west-1", KmsKey.RegionOf("arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-0123456789abcdef"));
}
