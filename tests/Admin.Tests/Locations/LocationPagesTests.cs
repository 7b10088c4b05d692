using System.Net;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Tests.Locations;

/// <summary>Adding locations and pinning teams, as far as no bucket is needed: what is wrong is named, and nothing is added or pinned.</summary>
public sealed class LocationPagesTests
{
    private static readonly (string, string)[] Secrets =
    [
        ("Credentials:ceph:AccessKeyId", "id"), ("Credentials:ceph:SecretAccessKey", "secret"), ("Keys:north:Region", "north-1"), ("Keys:gone:Region", "north-1"), ("Keys:gone:File", "/nowhere/kek.pem"),
    ];

    [Theory]
    [InlineData("Name=North", "'North'")]
    [InlineData("Name=main", "There is a location 'main' already.")]
    [InlineData("Name=", "1 to 40 characters")]
    [InlineData("Credential=", "Choose the credential")]
    [InlineData("Credential=other", "no credential 'other'")]
    [InlineData("Key=other", "no key 'other'")]
    [InlineData("Key=gone", "'gone' cannot be opened")]
    [InlineData("Endpoint=s3.example.org", "'s3.example.org'")]
    [InlineData("Endpoint=http://s3.example.org", "plain http")]
    [InlineData("Endpoint=https://s3.example.org/path", "https://host")]
    [InlineData("Bucket=B", "Bucket")]
    [InlineData("Region=south-1", "The key 'north' lies in north-1, the location in south-1.")]
    [InlineData("Region=", "1 to 40 characters")]
    [InlineData("Prefix=no slash", "Prefix")]
    public async Task What_is_wrong_with_a_new_location_is_named_and_nothing_is_added(string change, string expected)
    {
        await using var server = await Server.StartAsync(Secrets);
        using var admin = await Technician.SignInAsync(server);
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Name"] = "north", ["Region"] = "north-1", ["Endpoint"] = "https://127.0.0.1:1", ["Bucket"] = "recordings", ["Credential"] = "ceph", ["Key"] = "north",
        };
        form[change.Split('=', 2)[0]] = change.Split('=', 2)[1];
        using var answer = await admin.Browser.SubmitAsync("/locations/new", "/locations/new", [.. form.Select(field => (field.Key, field.Value))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(expected, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Empty(await server.InCatalogueAsync(catalogue => catalogue.Locations.ToListAsync()));
    }

    [Fact]
    public async Task A_region_without_a_location_is_not_pinned_to()
    {
        await using var server = await Server.StartAsync();
        using var admin = await Technician.SignInAsync(server);
        using var refused = await admin.Browser.SubmitAsync("/locations", "/locations/regions", ("team", "0"), ("regions", "south-1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("No storage location lies in 'south-1'", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        using var unknown = await admin.Browser.SubmitAsync("/locations", "/locations/regions", ("team", "77"), ("regions", "local"));
        Assert.Contains("There is no such team", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await server.InCatalogueAsync(catalogue => catalogue.RegionPins.ToListAsync()));
    }

    [Fact]
    public async Task A_team_is_recorded_in_its_regions_or_not_at_all()
    {
        await using var server = await Server.StartAsync();
        using var admin = await Technician.SignInAsync(server);
        using var pinned = await admin.Browser.SubmitAsync("/locations", "/locations/regions", ("team", "0"), ("regions", "local"));
        Assert.Equal(HttpStatusCode.Redirect, pinned.StatusCode);
        var (session, _) = await admin.StartSessionAsync();
        Assert.Equal(("local", "main"), await server.InCatalogueAsync(async catalogue => await catalogue.Sessions.Where(s => s.Id == session).Select(s => ValueTuple.Create(s.Region, s.Location)).SingleAsync()));

        await server.InCatalogueAsync(async catalogue =>
        {
            await catalogue.RegionPins.ExecuteDeleteAsync();
            catalogue.RegionPins.Add(new() { Team = RegionPin.Everybody, Region = "south-1" }); // its location was removed from the configuration since
            return await catalogue.SaveChangesAsync();
        });
        using var refused = await admin.Browser.SubmitAsync("/", "/sessions", ("accepted", "true"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("must stay in south-1", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_location_without_its_credential_is_out_of_reach_and_the_others_are_not()
    {
        await using var server = await Server.StartAsync();
        using var admin = await Technician.SignInAsync(server);
        await AddNorthAsync(server);
        await server.StartAgainAsync();
        Assert.Contains("no credential 'lost'", WebUtility.HtmlDecode(await admin.Browser.ReadAsync("/locations")), StringComparison.Ordinal);
        using var page = await admin.Browser.GetAsync("/location?name=north");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        await admin.StartSessionAsync();
    }
    [Fact]
    public async Task One_where_nothing_new_is_recorded_is_used_again_and_the_trail_says_both()
    {
        await using var server = await Server.StartAsync();
        using var admin = await Technician.SignInAsync(server);
        await AddNorthAsync(server);
        using (await admin.Browser.SubmitAsync("/locations", "/locations/close", ("name", "north"))) { }
        Assert.Contains("Open it again: north", await admin.Browser.ReadAsync("/locations"), StringComparison.Ordinal);
        using (await admin.Browser.SubmitAsync("/locations", "/locations/open", ("name", "north"))) { }
        Assert.Contains("Record nothing new there: north", await admin.Browser.ReadAsync("/locations"), StringComparison.Ordinal);
        Assert.Equal(["tina location.retired north", "tina location.reopened north"], await server.InCatalogueAsync(catalogue =>
            catalogue.Audit.Where(row => row.Action.StartsWith("location.re")).OrderBy(row => row.Id).Select(row => $"{row.Actor} {row.Action} {row.Detail}").ToListAsync()));
    }

    private static Task AddNorthAsync(Server server) => server.InCatalogueAsync(catalogue =>
    {
        catalogue.Locations.Add(new() { Name = "north", Region = "north-1", Endpoint = "https://127.0.0.1:1", Bucket = "recordings", Prefix = "", Credential = "lost", AddedAt = server.Clock.GetUtcNow(), AddedBy = "tina" });
        return catalogue.SaveChangesAsync();
    });
}
