using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
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

    /// <summary>Region that the key lies in. One that lies elsewhere opens nothing of another region's business: nothing is recorded then.</summary>
    public string KekRegion { get; init; } = Region;

    /// <summary>Whether nothing new is recorded here; what lies here can be watched and is deleted on its date.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Whether what is recorded here is wrapped for keys that are destroyed with the month in which it expires.</summary>
    public bool KeysExpire { get; init; }

    /// <summary>The keys of its months, where something may be wrapped for them: also when nothing new is.</summary>
    public ExpiryKeys? ExpiryKeys { get; init; }

    /// <summary><see cref="ExpiryKeys"/>, where it must have them.</summary>
    /// <exception cref="KeyServiceException">It has none.</exception>
    public ExpiryKeys Months => ExpiryKeys ?? throw new KeyServiceException(Kek.Id, $"the storage location '{Name}' has no store for months' keys") { IsTransient = false };

    /// <summary>What data keys of what does not expire are wrapped for.</summary>
    public WrappingKey OwnKey => new(Kek.PublicKey, null);

    /// <summary>Unwraps whatever is wrapped for a key of this location.</summary>
    public IKeyWrapper Keys => field ??= ExpiryKeys is { } months ? new LocationKeys(Kek, months) : Kek;

    /// <summary>Opens the tracks that lie here.</summary>
    public TrackReader Reader => field ??= new(Store, Keys);
}
