using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.Storage.Keys.Transit;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>A key of HashiCorp Vault's Transit engine.</summary>
public sealed class TransitConformance : KeyServiceConformance, IAsyncDisposable
{
    private readonly TransitServer _server = new();
    private string _token = TransitServer.Token;

    private protected override bool Disables => false;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override ServiceKey Open(string name) => new TransitKey(_server.AddressOf(name), () => _token, "team", Clock);

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
    public async Task A_token_that_an_agent_renews_is_read_for_each_call()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        (_token, _server.Accepted) = ("hvs.another", "hvs.another");
        using (await scene.Kek.UnwrapAsync(wrapped, Cancellation)) { }
        Assert.Equal("team", _server.Namespace);
    }

    [Fact]
    public async Task A_version_that_policy_forbids_is_not_one_that_is_gone()
    {
        await using var scene = await MakeAsync();
        var wrapped = Wrap(scene);
        _server.OldestThatDecrypts = 2;
        Assert.Contains("min_decryption_version", (await AwayAsync(scene, wrapped)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://vault.example.org/v1/transit/keys/kek", "TLS")]
    [InlineData("https://vault.example.org/v1/transit/keys/kek/1", "https://VAULT/v1/MOUNT/keys/NAME")]
    [InlineData("https://vault.example.org/v1/keys/kek", "https://VAULT/v1/MOUNT/keys/NAME")]
    [InlineData("https://vault.example.org/v1/transit/keys/..", "https://VAULT/v1/MOUNT/keys/NAME")]
    [InlineData("https://vault.example.org/v1/transit/keys/a%2Fb", "https://VAULT/v1/MOUNT/keys/NAME")]
    [InlineData("kek", "address")]
    public void Only_the_address_of_a_key_is_one(string address, string words) =>
        Assert.Contains(words, Assert.Throws<KeyRefusedException>(() => new TransitKey(address, () => "", null, Clock)).Message, StringComparison.Ordinal);
}
