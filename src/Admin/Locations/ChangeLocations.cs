using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Admin.Keys;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Locations;

/// <summary>Closes locations, opens them again, makes their keys expire or not, and says which team is recorded in which regions. Each method returns why not, or null.</summary>
internal sealed class ChangeLocations(CatalogueDb catalogue, AccountsDb accounts, KnownLocations known, LoadLocations load, TryExpiringKeys trial, TimeProvider clock)
{
    /// <summary>Records nothing new there, or again. What lies there stays, can be watched, and is deleted on its date.</summary>
    public async Task<string?> CloseAsync(string actor, string name, bool close, CancellationToken cancellation)
    {
        if (name == Location.Main) { return "The server's own location is not closed here: pin the teams to other regions."; }
        if (await catalogue.Locations.SingleOrDefaultAsync(location => location.Name == name, cancellation) is not { } location) { return $"There is no location '{name}'."; }

        location.ClosedAt = close ? location.ClosedAt ?? clock.GetUtcNow() : null;
        catalogue.Record(clock, actor, close ? "location.retired" : "location.reopened", null, AuditOutcome.Allowed, name);
        await catalogue.SaveChangesAsync(cancellation);
        await load.RefreshAsync(cancellation);
        return null;
    }

    /// <summary>From now on what is recorded there is wrapped for keys that expire, and the job wraps what lies there for them too; or for the location's own key again, and what is wrapped for a month's key already goes with its month.</summary>
    public async Task<string?> ExpireKeysAsync(string actor, string name, bool expire, CancellationToken cancellation)
    {
        if (name == Location.Main) { return "Whether keys of the server's own location expire is said by its configuration: Location:ExpiringKeys."; }
        if (await catalogue.Locations.SingleOrDefaultAsync(location => location.Name == name, cancellation) is not { } location) { return $"There is no location '{name}'."; }
        if (location.ExpiringKeys == expire) { return null; }

        var action = expire ? "location.keys-expire" : "location.keys-stay";
        if (expire && await trial.RunAsync(name, location.Key, cancellation) is { } refusal)
        {
            await catalogue.RecordAsync(clock, actor, action, null, AuditOutcome.Refused, AuditText.Of($"{name}: {refusal}"), cancellation);
            return $"Nothing was changed in '{name}'. {refusal}";
        }

        location.ExpiringKeys = expire;
        catalogue.Record(clock, actor, action, null, AuditOutcome.Allowed, name);
        await catalogue.SaveChangesAsync(cancellation);
        await load.RefreshAsync(cancellation);
        return null;
    }

    /// <param name="team">Number of the team; <see cref="RegionPin.Everybody"/>: those without a team, and teams without regions of their own.</param>
    /// <param name="regions">None: as everybody, and everybody as the server is configured. Sessions that were started already stay where they are.</param>
    public async Task<string?> PinAsync(string actor, int team, IReadOnlyCollection<string> regions, CancellationToken cancellation)
    {
        var name = team == RegionPin.Everybody ? "everybody else" : await accounts.Teams.AsNoTracking().Where(t => t.Id == team).Select(t => t.Name).SingleOrDefaultAsync(cancellation);
        if (name is null) { return "There is no such team. Somebody has removed it."; }
        if (regions.FirstOrDefault(region => known.All.All(location => location.Region != region)) is { } unknown) { return $"No storage location lies in '{unknown}'. Choose from the list."; }

        var before = await catalogue.RegionPins.Where(pin => pin.Team == team).ToListAsync(cancellation);
        catalogue.RegionPins.RemoveRange(before.Where(pin => !regions.Contains(pin.Region)));
        catalogue.RegionPins.AddRange(regions.Distinct(StringComparer.Ordinal).Where(region => before.All(pin => pin.Region != region)).Select(region => new RegionPin { Team = team, Region = region }));
        catalogue.Record(clock, actor, "location.pinned", null, AuditOutcome.Allowed, $"{name}: {(regions.Count == 0 ? "no region" : string.Join(", ", regions))}");
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    }
}
