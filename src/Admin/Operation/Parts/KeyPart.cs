using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The key encryption key: a key that was made for it is wrapped as a recorder does, and unwrapped as a replay does.</summary>
internal sealed class KeyPart(IKeyWrapper keys, TimeProvider clock) : IServerPart
{
    private static readonly TrackName Probe = new("probe");

    public string Name => "Keys";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        using var made = DataKey.Create();
        using var unwrapped = await keys.UnwrapAsync(keys.PublicKey.Wrap(Guid.NewGuid(), Probe, made), cancellation);
        return PartHealth.Of(
            Name, PartState.Fine, "Keys are wrapped and unwrapped.",
            ("Kept in", keys is LocalKeyFile ? "a file of this machine" : "a vault"), ("Identifier", keys.PublicKey.Kid), ("Took", $"{clock.GetElapsedTime(begun).TotalMilliseconds:0.0} ms"));
    }
}
