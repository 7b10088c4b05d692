using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Keys;
using SecureRecorder.TestServers.Keys;

namespace SecureRecorder.Admin.Tests.Locations;

/// <summary>The switch for keys that expire, of a location that is added and of one that is there: nothing is switched on where such keys cannot be made, used and destroyed.</summary>
public sealed class ExpiringKeysSwitchTests : IAsyncDisposable
{
    private readonly TransitServer _vault = new();
    private readonly string _token = Path.Combine(Path.GetTempPath(), $"token-{Guid.NewGuid():N}");

    public ExpiringKeysSwitchTests()
    {
        _vault.AddKey("kek");
        OwnerOnlyFile.Create(_token, TransitServer.Token);
    }

    private (string, string)[] Settings =>
    [
        ("Credentials:ceph:AccessKeyId", "id"), ("Credentials:ceph:SecretAccessKey", "secret"), ("Keys:vault:Region", "north-1"), ("Keys:vault:Transit", _vault.AddressOf("kek")), ("Keys:vault:TokenFile", _token),
    ];

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        File.Delete(_token);
    }

    [Theory]
    [InlineData("POST", "/keys/sr-north-trial-", "permission denied")]
    [InlineData("POST", "/decrypt/", "permission denied")]
    [InlineData("DELETE", "/keys/sr-north-trial-", "which was made for trial, may be left there: remove it.")]
    public async Task A_new_location_whose_vault_does_not_let_such_keys_be_made_used_or_destroyed_is_not_added(string method, string path, string expected)
    {
        await using var server = await Server.StartAsync(Settings);
        using var admin = await Technician.SignInAsync(server);
        _vault.Denies = request => request.HttpMethod == method && request.Url!.AbsolutePath.Contains(path, StringComparison.Ordinal);
        (string, string)[] form = [("Name", "north"), ("Region", "north-1"), ("Endpoint", "https://127.0.0.1:1"), ("Bucket", "recordings"), ("Credential", "ceph"), ("Key", "vault"), ("ExpiringKeys", "true")];
        using var answer = await admin.Browser.SubmitAsync("/locations/new", "/locations/new", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        foreach (var words in (string[])["Keys that expire cannot be made, used and destroyed beside the key 'vault'", expected, "sr-north-trial-"]) { Assert.Contains(words, page, StringComparison.Ordinal); }
        Assert.Contains("name=\"ExpiringKeys\" value=\"true\" checked", page, StringComparison.Ordinal);
        Assert.Empty(await server.InCatalogueAsync(catalogue => catalogue.Locations.ToListAsync()));
        Assert.Contains(await TrailAsync(server), row => row.StartsWith("location.added refused north: Keys that expire cannot be made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Off_by_default_no_key_is_made_for_trial()
    {
        await using var server = await Server.StartAsync(Settings);
        using var admin = await Technician.SignInAsync(server);
        Assert.Contains("name=\"ExpiringKeys\" value=\"true\" aria-describedby", await admin.Browser.ReadAsync("/locations/new"), StringComparison.Ordinal);
        using var answer = await admin.Browser.SubmitAsync("/locations/new", "/locations/new", ("Name", "north"), ("Region", "north-1"), ("Endpoint", "https://127.0.0.1:1"), ("Bucket", "recordings"), ("Credential", "ceph"), ("Key", "vault"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode); // its bucket does not answer
        Assert.DoesNotContain(_vault.Requests, request => request.Contains("trial", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_there_is_switched_on_after_a_trial_that_leaves_nothing_and_off_again()
    {
        await using var server = await Server.StartAsync(Settings);
        using var admin = await Technician.SignInAsync(server);
        await server.InCatalogueAsync(catalogue =>
        {
            catalogue.Locations.Add(new() { Name = "north", Region = "north-1", Endpoint = "https://127.0.0.1:1", Bucket = "recordings", Prefix = "", Credential = "ceph", Key = "vault", AddedAt = server.Clock.GetUtcNow(), AddedBy = "tina" });
            return catalogue.SaveChangesAsync();
        });
        await server.StartAgainAsync();

        _vault.RefusesCredential = true;
        using (var refused = await SwitchAsync(admin, "north", "true"))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("Nothing was changed in 'north'. Keys that expire cannot be made", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }

        Assert.Equal((false, false), await StateAsync(server));
        _vault.RefusesCredential = false;
        using (var on = await SwitchAsync(admin, "north", "true")) { Assert.Equal("/location?name=north#months", on.Headers.Location?.ToString()); }
        Assert.Equal((true, true), await StateAsync(server));
        foreach (var method in (string[])["POST", "DELETE"]) { Assert.Contains(_vault.Requests, request => request.StartsWith($"{method} /v1/transit/keys/sr-north-trial-", StringComparison.Ordinal)); }
        Assert.Single(_vault.Names);
        Assert.Contains("yes, <a href=\"/location?name=north#months\"", await admin.Browser.ReadAsync("/locations"), StringComparison.Ordinal);
        Assert.Contains("Let keys expire no more", await admin.Browser.ReadAsync("/location?name=north"), StringComparison.Ordinal);

        using (var off = await SwitchAsync(admin, "north", "false")) { Assert.Equal(HttpStatusCode.Redirect, off.StatusCode); }
        Assert.Equal((false, false), await StateAsync(server));
        using (var main = await SwitchAsync(admin, "main", "true")) { Assert.Contains("Location:ExpiringKeys", await main.Content.ReadAsStringAsync(), StringComparison.Ordinal); }
        using (var none = await SwitchAsync(admin, "south", "true")) { Assert.Contains("There is no location 'south'", WebUtility.HtmlDecode(await none.Content.ReadAsStringAsync()), StringComparison.Ordinal); }
        Assert.Collection(
            (await TrailAsync(server)).Where(row => row.StartsWith("location.keys", StringComparison.Ordinal)),
            row => Assert.StartsWith("location.keys-expire refused north: Keys that expire cannot be made", row, StringComparison.Ordinal),
            row => Assert.Equal("location.keys-expire allowed north", row),
            row => Assert.Equal("location.keys-stay allowed north", row));
    }

    private static Task<HttpResponseMessage> SwitchAsync(Technician admin, string name, string expire) => admin.Browser.SubmitAsync("/locations", "/locations/expiring-keys", ("name", name), ("expire", expire));

    /// <summary>As the catalogue says it, and as this process does.</summary>
    private static async Task<(bool Row, bool Known)> StateAsync(Server server) =>
        (await server.InCatalogueAsync(catalogue => catalogue.Locations.Select(row => row.ExpiringKeys).SingleAsync()), server.Locations.Of("north").KeysExpire);

    private static Task<List<string>> TrailAsync(Server server) => server.InCatalogueAsync(catalogue =>
        catalogue.Audit.AsNoTracking().Where(row => row.Action.StartsWith("location.")).OrderBy(row => row.Id).Select(row => $"{row.Action} {row.Outcome} {row.Detail}").ToListAsync());
}
