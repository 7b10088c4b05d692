using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The key encryption keys of all locations: for each, a key that was made for it is wrapped as a recorder does, and unwrapped as a replay does.</summary>
internal sealed class KeyPart(KnownLocations locations, TimeProvider clock) : IServerPart
{
    private static readonly TrackName Probe = new("probe");

    public string Name => "Keys";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var keys = locations.Main.Kek;
        (string, string)[] facts = [("Kept in", keys.IsLocal() ? "a file of this machine" : "a vault"), ("Key", keys.Id), ("Data keys open in memory", $"{KeyMetrics.OpenDataKeys}")];
        foreach (var key in locations.All.Select(location => location.Kek.Current()).Distinct())
        {
            try
            {
                using var made = DataKey.Create();
                using var unwrapped = await key.UnwrapAsync(key.PublicKey.Wrap(Guid.NewGuid(), Probe, made), cancellation);
                if (!made.HasSameBytesAs(unwrapped)) { return PartHealth.Of(Name, PartState.Broken, $"'{key.Id}' unwraps another key than was wrapped.", facts); }
            }
            catch (Exception failed) when (failed is KeyServiceException or KeyUnwrapException)
            {
                return PartHealth.Of(Name, PartState.Broken, failed.Message, facts);
            }
        }

        return PartHealth.Of(Name, PartState.Fine, "Keys are wrapped and unwrapped.", [.. facts, ("Identifier", keys.PublicKey.Kid), ("Took", $"{clock.GetElapsedTime(begun).TotalMilliseconds:0.0} ms")]);
    }
}
