using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Locations;

/// <summary>Where recordings go: a bucket in a region, or a folder that mirrors one, and the key that their data keys are wrapped for.</summary>
/// <param name="Name">As sessions remember it: 1 to 40 of a-z, 0-9 and '-'.</param>
/// <param name="Bucket">The bucket's settings; <see langword="null"/>: it is a folder.</param>
public sealed record Location(string Name, string Region, IObjectStore Store, IKeyWrapper Kek, S3LocationOptions? Bucket)
{
    /// <summary>The one that the server's configuration names.</summary>
    public const string Main = "main";

    /// <summary>Opens the tracks that lie here.</summary>
    public TrackReader Reader { get; } = new(Store, Kek);
}
