using SecureRecorder.RetentionJobs.Regions;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Regions;

/// <summary>A key in another region, and recordings where their team's may not lie, are findings; what is where it must be is none.</summary>
public sealed class CheckRegionsTests : IAsyncLifetime
{
    private readonly FindingsScene scene = new();
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        await scene.Catalogue.AddAsync(session, scene.Clock.GetUtcNow(), SessionState.Recorded);
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        scene.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(null)]
    [InlineData(WrittenSession.Region)]
    public async Task What_is_where_it_must_be_is_no_finding(string? pinned)
    {
        await PinAsync(pinned);
        await RunAsync(session.Locations);
        Assert.Empty(await scene.OpenAsync());
    }

    [Fact]
    public async Task Recordings_outside_of_the_regions_of_their_team_are_counted_and_told()
    {
        await PinAsync("overseas-1");
        await RunAsync(session.Locations);
        var finding = Assert.Single(await scene.OpenAsync());
        Assert.Equal((CheckRegions.Misplaced, "no team", $"1 in {WrittenSession.Region}; pinned is overseas-1."), (finding.Rule, finding.Subject, finding.Detail));
        Assert.Single(await scene.AlertsAsync());
    }

    [Fact]
    public async Task A_key_of_another_region_is_critical()
    {
        await RunAsync(new(session.Locations.Main with { KekRegion = "overseas-1" }));
        Assert.Equal(("key-out-of-region", FindingSeverity.Critical), (await scene.OpenAsync()) is [var finding] ? (finding.Rule, finding.Severity) : default);
    }

    private async Task PinAsync(string? region)
    {
        if (region is null) { return; }

        await using var db = scene.CreateDbContext();
        db.RegionPins.Add(new() { Team = RegionPin.Everybody, Region = region });
        await db.SaveChangesAsync();
    }

    private async Task RunAsync(KnownLocations locations)
    {
        await using var db = scene.CreateDbContext();
        await new CheckRegions(db, locations, scene.Keep, new()).RunAsync(default);
    }
}
