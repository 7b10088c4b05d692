using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Findings;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Regions;

/// <summary>Finds the locations whose key lies in another region than they do, and the recordings that lie outside of the regions to which their team is pinned. Where a bucket really is, and where it is copied to, the posture checks say.</summary>
public sealed class CheckRegions(CatalogueDb catalogue, KnownLocations locations, KeepFindings findings, JobReport report) : IScheduledJob
{
    public const string Source = "regions";

    /// <summary>Recordings lie where their team's may not lie (any more).</summary>
    public const string Misplaced = "outside-pinned-regions";

    private static readonly SessionState[] Stored = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    public async Task RunAsync(CancellationToken cancellation)
    {
        var pins = (await catalogue.RegionPins.AsNoTracking().ToListAsync(cancellation)).ToLookup(pin => pin.Team, pin => pin.Region);
        foreach (var location in locations.All)
        {
            var seen = await MisplacedAsync(location, pins, cancellation);
            if (location.KekRegion != location.Region)
            {
                seen.Add(new(
                    "key-out-of-region", FindingSeverity.Critical, location.Name, "The key of a location lies in another region than its recordings.",
                    $"The key lies in {location.KekRegion}, the location in {location.Region}.", "Give the location a key of its own region: add a new location with it, and close this one."));
            }

            await findings.RunAsync(Source, location.Name, seen, cancellation);
            report.Did("location", "compared with its region");
            report.Did("finding", "to mend", seen.Count);
        }
    }

    /// <summary>Recordings of one team in one region, counted.</summary>
    private async Task<List<SeenFinding>> MisplacedAsync(Location location, ILookup<int, string> pins, CancellationToken cancellation)
    {
        var groups = await catalogue.Sessions.AsNoTracking().Where(s => s.Location == location.Name && Stored.Contains(s.State)).GroupBy(s => new { s.Team, s.Region })
            .Select(group => new { group.Key.Team, group.Key.Region, Count = group.Count() }).ToListAsync(cancellation);
        return [.. groups.Select(group => (group.Team, group.Region, group.Count, Pinned: PinsOf(pins, group.Team))).Where(group => group.Pinned.Count > 0 && !group.Pinned.Contains(group.Region)).Select(group => new SeenFinding(
            Misplaced, FindingSeverity.High, group.Team is { } team ? $"team {team}" : "no team", "Recordings lie in a region to which their team is not pinned.",
            $"{group.Count} in {group.Region}; pinned is {string.Join(", ", group.Pinned)}.",
            "Recordings never go to another region. They stay until their date; or apply a shorter retention policy, or pin the team to this region too."))];
    }

    private static List<string> PinsOf(ILookup<int, string> pins, int? team)
    {
        List<string> own = team is { } number ? [.. pins[number]] : [];
        return own.Count > 0 ? own : [.. pins[RegionPin.Everybody]];
    }
}
