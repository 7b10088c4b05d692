using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Storage.Locations;

/// <summary>The locations that this process can reach, by name: the one of its configuration, and those that an admin added.</summary>
public sealed class KnownLocations(Location main)
{
    private volatile Added _added = new(FrozenDictionary<string, Location>.Empty, FrozenDictionary<string, string>.Empty);

    /// <summary>The one that the server's configuration names: what belongs to no session lies there.</summary>
    public Location Main { get; } = main;

    /// <summary>All that can be reached, <see cref="Main"/> first, then by name.</summary>
    public IReadOnlyList<Location> All => [Main, .. _added.Reached.Values.OrderBy(location => location.Name, StringComparer.Ordinal)];

    /// <summary>Why the others cannot be reached from here, by name.</summary>
    public IReadOnlyDictionary<string, string> OutOfReach => _added.OutOfReach;

    /// <exception cref="ObjectStoreException">It cannot be reached from here, or not yet: worth another try.</exception>
    public Location Of(string name) => name == Main.Name ? Main : _added.Reached.TryGetValue(name, out var location) ? location
        : throw new ObjectStoreException(_added.OutOfReach.TryGetValue(name, out var why) ? why : $"This server knows no storage location '{name}'.");

    /// <summary>Replaces what was added.</summary>
    public void Take(IEnumerable<Location> reached, IEnumerable<KeyValuePair<string, string>> outOfReach) =>
        _added = new(reached.ToFrozenDictionary(location => location.Name, StringComparer.Ordinal), outOfReach.ToFrozenDictionary(StringComparer.Ordinal));

    private sealed record Added(FrozenDictionary<string, Location> Reached, FrozenDictionary<string, string> OutOfReach);
}

/// <summary>Finds out where a session lies.</summary>
public static class LocationsOfSessions
{
    /// <inheritdoc cref="KnownLocations.Of" path="/exception"/>
    public static async Task<Location> OfSessionAsync(this KnownLocations locations, CatalogueDb catalogue, Guid session, CancellationToken cancellation) =>
        locations.Of(await catalogue.Sessions.AsNoTracking().Where(s => s.Id == session).Select(s => s.Location).SingleAsync(cancellation));
}
