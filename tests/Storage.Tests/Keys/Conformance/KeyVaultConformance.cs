using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.KeyVault;
using SecureRecorder.Storage.Keys.Services;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Storage.Tests.Keys.Conformance;

/// <summary>A key of an Azure Key Vault.</summary>
public sealed class KeyVaultConformance : KeyServiceConformance, IAsyncDisposable
{
    private readonly KeyVaultServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private protected override ServiceKey Open(string name) => Open(name, null);

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
    public async Task A_body_leaves_only_with_a_token_and_a_token_serves_many_calls()
    {
        await using var scene = await MakeAsync();
        for (var time = 0; time < 5; time++)
        {
            using (await scene.Kek.UnwrapAsync(Wrap(scene), Cancellation)) { }
        }

        Assert.Equal((0, 1), (_server.BodiesOfStrangers, _server.Tokens));
    }

    [Fact]
    public async Task A_token_that_ends_meanwhile_is_replaced()
    {
        await using var scene = await MakeAsync();
        _server.RevokeTokens(); // the vault's clock is ahead, or the token was taken back
        using (await scene.Kek.UnwrapAsync(Wrap(scene), Cancellation)) { }
        Assert.Equal(2, _server.Tokens);

        using var shortly = Open("kek", null, TimeSpan.FromMinutes(1)); // always nearly over
        await shortly.LookUpAsync(Cancellation);
        await shortly.LookUpAsync(Cancellation);
        Assert.True(_server.Tokens >= 4);
    }

    [Theory]
    [InlineData("https://vault.azure.net")]
    [InlineData("https://attacker.example.org")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("nonsense")]
    public async Task A_vault_that_wants_a_token_for_somebody_else_gets_none(string resource)
    {
        await using var scene = await MakeKeyAsync("3072");
        _server.Resource = resource;

        var refused = await Assert.ThrowsAsync<KeyServiceException>(() => scene.Service.LookUpAsync(Cancellation));

        Assert.Contains("not its own domain", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _server.Tokens);
    }

    [Theory]
    [InlineData("https://contoso.vault.azure.net", "https://vault.azure.net", true)]
    [InlineData("https://contoso.managedhsm.azure.net", "https://managedhsm.azure.net", true)]
    [InlineData("https://contoso.vault.azure.cn", "https://vault.azure.cn", true)]
    [InlineData("https://contoso.vault.azure.net", "https://management.azure.com", false)]
    [InlineData("https://contoso.vault.azure.net", "https://ault.azure.net", false)]
    [InlineData("https://vault.azure.net.attacker.example", "https://vault.azure.net", false)]
    public void A_challenge_counts_only_within_the_vaults_domain(string vault, string resource, bool counts)
    {
        KeyVaultChallenge Parse() => KeyVaultChallenge.Parse($"Bearer authorization=\"https://login.microsoftonline.com/{KeyVaultServer.Tenant}\", resource=\"{resource}\"", new(vault), vault, null);
        if (!counts)
        {
            Assert.Throws<KeyServiceException>(Parse);
            return;
        }

        Assert.Equal((resource + "/.default", KeyVaultServer.Tenant), (Parse().Scope, Parse().Tenant));
    }

    [Fact]
    public async Task A_key_that_is_expired_or_may_not_unwrap_or_answers_for_another_is_refused()
    {
        await using var scene = await MakeKeyAsync("3072");
        _server.Expire("kek");
        Assert.Contains("expired 1970-01-01", (await UnfitAsync(scene)).Message, StringComparison.Ordinal);

        _server.AddKey("kek");
        _server.Forbid("kek", "unwrapKey");
        Assert.Contains("'unwrapKey' is not permitted", (await UnfitAsync(scene)).Message, StringComparison.Ordinal);

        _server.AddKey("kek");
        _server.Rename("kek", "https://attacker.example.org/keys/kek/0123456789abcdef0123456789abcdef");
        Assert.Contains("another key", (await UnfitAsync(scene)).Message, StringComparison.Ordinal);

        _server.AddKey("kek");
        await scene.Service.LookUpAsync(Cancellation); // mended: it counts again
        var wrapped = Wrap(scene);
        _server.Rename("kek", "https://attacker.example.org/keys/kek/0123456789abcdef0123456789abcdef");
        Assert.Contains("not of the key", (await AwayAsync(scene, wrapped)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_with_a_version_is_that_version_alone()
    {
        var first = _server.AddKey("pinned");
        var second = _server.AddKey("pinned");
        using var pinned = new KeyVaultKey(first, _server.Credential(Clock), Clock);

        Assert.Equal(first, (await pinned.LookUpAsync(Cancellation)).Kid);
        Assert.True(pinned.Opens(first));
        Assert.False(pinned.Opens(second));
    }

    [Theory]
    [InlineData("http://contoso.vault.azure.net/keys/kek", "TLS")]
    [InlineData("http://127.0.0.2.example.org/keys/kek", "TLS")]
    [InlineData("https://contoso.vault.azure.net/secrets/kek", "https://VAULT/keys/NAME")]
    [InlineData("https://contoso.vault.azure.net/keys/", "https://VAULT/keys/NAME")]
    [InlineData("https://contoso.vault.azure.net/keys/kek/ABC", "https://VAULT/keys/NAME")]
    [InlineData("https://contoso.vault.azure.net/keys/kek/abc/", "https://VAULT/keys/NAME")]
    [InlineData("https://contoso.vault.azure.net/keys/kek\n", "address")]
    [InlineData("https://contoso.vault.azure.net/keys/kek?a=b", "address")]
    [InlineData("https://user:word@contoso.vault.azure.net/keys/kek", "address")]
    [InlineData("kek", "address")]
    [InlineData("", "address")]
    public void Only_the_address_of_a_key_is_one(string address, string words) =>
        Assert.Contains(words, Assert.Throws<KeyRefusedException>(() => KeyVaultAddress.Parse(address)).Message, StringComparison.Ordinal);

    private KeyVaultKey Open(string name, string? version, TimeSpan? tokens = null) =>
        new(_server.AddressOf(name) + (version is null ? "" : "/" + version), _server.Credential(Clock, tokens), Clock);

    private static Task<KeyRefusedException> UnfitAsync(KekScene scene) => Assert.ThrowsAsync<KeyRefusedException>(() => scene.Service.LookUpAsync(Cancellation));
}
