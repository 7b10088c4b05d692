using SecureRecorder.Storage.Objects;

namespace SecureRecorder.Storage.Locations;

/// <summary>The locations that this process can reach, by name.</summary>
public sealed class KnownLocations(Location main)
{
    /// <summary>The one that the server's configuration names: what belongs to no session lies there.</summary>
    public Location Main { get; } = main;

    /// <exception cref="ObjectStoreException">There is none of that name here, or not yet: worth another try.</exception>
    public Location Of(string name) => name == Main.Name ? Main : throw new ObjectStoreException($"The storage location '{name}' is not known to this server.");
}
