using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>Chooses where a new session is recorded: in a region that its team is pinned to, the server's own location first, and only where it is safe now.</summary>
internal sealed class ChooseLocation(CatalogueDb catalogue, KnownLocations locations, LocationGates gates)
{
    /// <param name="team">Number of its team; null: none.</param>
    /// <returns>The location; or null and why nothing can be recorded.</returns>
    public async Task<(Location? Location, string? Refusal)> RunAsync(int? team, CancellationToken cancellation)
    {
        var regions = await RegionsOfAsync(team, cancellation);
        var open = regions.Count == 0 ? [locations.Main] : locations.All.Where(location => !location.IsClosed && regions.Contains(location.Region)).ToList();
        if (open.Count == 0) { return (null, $"Recordings of your team must stay in {string.Join(" or ", regions)}, and no storage location is open there. Tell the administrator."); }

        string? first = null;
        foreach (var location in open)
        {
            if (await gates.Of(location).RefusalAsync(cancellation) is not { } refusal) { return (location, null); }
            first ??= refusal;
        }

        return (null, first);
    }

    /// <summary>Regions that a team is pinned to; none: it is recorded into the server's own location.</summary>
    private async Task<IReadOnlyList<string>> RegionsOfAsync(int? team, CancellationToken cancellation)
    {
        var pins = await catalogue.RegionPins.AsNoTracking().Where(pin => pin.Team == team || pin.Team == RegionPin.Everybody).OrderBy(pin => pin.Region).ToListAsync(cancellation);
        var own = pins.Where(pin => pin.Team == team).ToList();
        return [.. (own.Count > 0 ? own : pins).Select(pin => pin.Region)];
    }
}
