using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Admin.Operation;
using SecureRecorder.Admin.Operation.Parts;
using SecureRecorder.Admin.Tests.Chat;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Admin.Tests.Keys;

/// <summary>A server whose key lies in a vault, which it reaches as its machine's managed identity.</summary>
[Collection(nameof(KeyVaultServer))]
public sealed class VaultKeyTests : IAsyncDisposable
{
    private readonly KeyVaultServer _vault = new();

    public VaultKeyTests()
    {
        _vault.AddKey("kek");
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", new Uri(_vault.Address, "/msi/token").ToString());
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", "a word of this machine");
    }

    private (string Key, string Value)[] Settings => [("Location:Key", "vault"), ("Keys:vault:Region", "local"), ("Keys:vault:Vault", _vault.AddressOf("kek"))];

    public ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        return _vault.DisposeAsync();
    }

    [Fact]
    public async Task A_recording_is_wrapped_for_the_vault_and_the_viewer_is_told_when_that_is_away()
    {
        await using var scene = await ChatScene.StartAsync(Settings);
        await scene.RecordAsync();
        await scene.FinishAsync();
        var kid = JsonNode.Parse(scene.Video.KeyFile.Span)!["kid"]!.ToString();
        Assert.StartsWith(_vault.AddressOf("kek") + "/", kid, StringComparison.Ordinal);
        Assert.DoesNotContain("key-note", await scene.Technician.Browser.ReadAsync("/"), StringComparison.Ordinal);

        var first = await OpenAsync(scene);
        var unwrapped = _vault.Unwrapped;
        Assert.Equal("verified", await StatusAsync(scene, first));
        var second = await OpenAsync(scene);
        Assert.Equal("verified", await StatusAsync(scene, second));
        Assert.True(_vault.Unwrapped - unwrapped <= 2, "one call for the consent and one for the video, however many watch");

        scene.Server.Services.GetRequiredService<SecureRecorder.Admin.Replay.ReplayTracks>().Close(Guid.Parse(first));
        scene.Server.Clock.Advance(TimeSpan.FromMinutes(6)); // what lay in memory is zeroed
        _vault.RefusesCredential = true;
        using (var page = await scene.Technician.Browser.GetAsync($"/replay/{first}"))
        {
            var words = await page.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
            Assert.Contains("The key vault cannot be reached.", words, StringComparison.Ordinal);
            Assert.Contains($"href=\"/replay/{first}\"", words, StringComparison.Ordinal);
            Assert.NotNull(page.Headers.RetryAfter);
            Assert.DoesNotContain(_vault.Address.Authority, words, StringComparison.Ordinal);
        }

        using (var api = await scene.Technician.Browser.ScriptAsync(HttpMethod.Get, $"/api/replay/{first}"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, api.StatusCode);
            Assert.Equal("keys", JsonNode.Parse(await api.Content.ReadAsStringAsync())!["type"]!.ToString());
        }

        await using (var scope = scene.Server.Services.CreateAsyncScope())
        {
            var keys = (await scope.ServiceProvider.GetRequiredService<LookAtServer>().RunAsync(default)).Single(part => part.Name == "Keys");
            Assert.Equal(PartState.Broken, keys.State);
            Assert.Contains(_vault.AddressOf("kek"), keys.Words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_starts_and_records_while_the_vault_is_away_once_it_knew_the_key()
    {
        await using var server = await Server.StartAsync(Settings);
        var known = server.Locations.Main.Kek.PublicKey;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(server.Data, "public-keys", "vault.json")));
        _vault.GoAway();

        await server.StartAgainAsync();

        Assert.Equal(known, server.Locations.Main.Kek.PublicKey);
        using var technician = await Technician.SignInAsync(server);
        var (_, code) = await technician.StartSessionAsync();
        using var recorder = await TestRecorder.JoinAsync(server, code);
        Assert.Equal(known, recorder.Joined.Kek);

        File.Delete(Path.Combine(server.Data, "public-keys", "vault.json"));
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => server.StartAgainAsync());
        Assert.Contains("Keys:vault", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_is_noticed_and_what_was_recorded_before_opens_still()
    {
        await using var server = await Server.StartAsync(Settings);
        var before = Wrap(server);
        _vault.AddKey("kek");
        server.Clock.Advance(TimeSpan.FromHours(1));

        await server.Services.GetRequiredService<KeepPublicKeys>().RefreshAsync(default);

        Assert.NotEqual(before.Kid, server.Locations.Main.Kek.PublicKey.Kid);
        using var old = await server.Locations.Main.Kek.UnwrapAsync(before, default);
        using var own = LocalKeyFile.Open(Path.Combine(server.Data, "keys", "kek.pem")); // of the time before there was a vault
        using var key = DataKey.Create();
        using var oldest = await server.Locations.Main.Kek.UnwrapAsync(own.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key), default);
        Assert.True(oldest.HasSameBytesAs(key));
    }

    [Fact]
    public async Task A_key_that_is_disabled_records_nothing_more()
    {
        await using var server = await Server.StartAsync(Settings);
        using var technician = await Technician.SignInAsync(server);
        _vault.Disable("kek");
        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.Services.GetRequiredService<KeepPublicKeys>().RefreshAsync(default);

        using var started = await technician.Browser.SubmitAsync("/", "/sessions", ("ticket", ""), ("accepted", "true"), ("team", ""), ("label", ""));

        Assert.NotEqual(HttpStatusCode.Redirect, started.StatusCode);
        Assert.Contains("key of the storage location cannot be used", await started.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => server.StartAgainAsync());
        Assert.Contains("disabled", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Location:Key is 'nothing'", "Location:Key=nothing")]
    [InlineData("A key lies in the region of what it opens", "Location:Key=vault", "Keys:vault:Region=elsewhere")]
    [InlineData("a key lies in one place", "Keys:vault:Region=local", "Keys:vault:File=/tmp/kek.pem", "Keys:vault:Vault=https://contoso.vault.azure.net/keys/kek")]
    [InlineData("https://VAULT/keys/NAME", "Keys:vault:Region=local", "Keys:vault:Vault=https://contoso.vault.azure.net/secrets/kek")]
    [InlineData("over TLS", "Keys:vault:Region=local", "Keys:vault:Vault=http://contoso.vault.azure.net/keys/kek")]
    [InlineData("Keys:vault:Region ('')", "Keys:vault:Vault=https://contoso.vault.azure.net/keys/kek")]
    [InlineData("needs ClientSecret", "Keys:vault:Region=local", "Keys:vault:Vault=https://contoso.vault.azure.net/keys/kek", "Keys:vault:Credential:Kind=client-secret", "Keys:vault:Credential:TenantId=t", "Keys:vault:Credential:ClientId=c")]
    [InlineData("'magic'; it must be", "Keys:vault:Region=local", "Keys:vault:Vault=https://contoso.vault.azure.net/keys/kek", "Keys:vault:Credential:Kind=magic")]
    [InlineData("its ARN lies in 'eu-west-1'", "Keys:vault:Region=eu-central-1", "Keys:vault:Kms=arn:aws:kms:eu-west-1:111122223333:key/0")]
    [InlineData("not of an alias", "Keys:vault:Region=eu-west-1", "Keys:vault:Kms=arn:aws:kms:eu-west-1:111122223333:alias/kek")]
    [InlineData("over TLS", "Keys:vault:Region=eu-west-1", "Keys:vault:Kms=arn:aws:kms:eu-west-1:111122223333:key/0", "Keys:vault:Endpoint=http://kms.example.org")]
    [InlineData("https://VAULT/v1/MOUNT/keys/NAME", "Keys:vault:Region=local", "Keys:vault:Transit=https://vault.example.org/transit", "Keys:vault:TokenFile=/tmp/token")]
    [InlineData("TokenFile is missing", "Keys:vault:Region=local", "Keys:vault:Transit=https://vault.example.org/v1/transit/keys/kek")]
    [InlineData("lies in Kms and in Transit", "Keys:vault:Region=eu-west-1", "Keys:vault:Kms=arn:aws:kms:eu-west-1:111122223333:key/0", "Keys:vault:Transit=https://vault.example.org/v1/transit/keys/kek", "Keys:vault:TokenFile=/tmp/token")]
    [InlineData("names 'older', which is not one of Keys", "Keys:vault:Region=local", "Keys:vault:Previous:0=older")]
    [InlineData("Set it in the environment (Keys__vault__Passphrase)", "Keys:vault:Region=local", "Keys:vault:Passphrase=on a command line")]
    [InlineData("Set it in the environment (Keys__vault__Credential__ClientSecret)", "Keys:vault:Region=local", "Keys:vault:Credential:ClientSecret=on a command line")]
    public async Task What_the_configuration_says_wrongly_is_said_before_the_start(string words, params string[] settings)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Server.StartAsync([.. settings.Select(setting => (setting.Split('=', 2)[0], setting.Split('=', 2)[1]))]));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("on a command line", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admins_read_on_every_page_that_a_key_file_is_for_evaluation_and_recorded_people_do_not()
    {
        await using var server = await Server.StartAsync();
        using var technician = await Technician.SignInAsync(server);
        foreach (var path in (string[])["/", "/people", "/locations"]) { Assert.Contains("meant for evaluation", await technician.Browser.ReadAsync(path), StringComparison.Ordinal); }

        using var person = new Browser(server);
        Assert.DoesNotContain("key-note", await person.ReadAsync("/join"), StringComparison.Ordinal);
    }

    private static KeyFile Wrap(Server server)
    {
        using var key = DataKey.Create();
        return server.Locations.Main.Kek.PublicKey.Wrap(Guid.NewGuid(), TrackName.Video, key);
    }

    private static async Task<string> OpenAsync(ChatScene scene)
    {
        var replay = $"/sessions/{scene.Session}/replay";
        using var opened = await scene.Technician.Browser.SubmitAsync(replay, replay, ("purpose", "Quality assurance"));
        return opened.Headers.Location!.ToString().Split('/')[^1];
    }

    private static async Task<string?> StatusAsync(ChatScene scene, string grant)
    {
        using var answer = await scene.Technician.Browser.ScriptAsync(HttpMethod.Get, $"/api/replay/{grant}");
        return (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"];
    }
}
