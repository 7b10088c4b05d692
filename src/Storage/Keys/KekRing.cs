using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Keys;

/// <summary>The key that data keys are wrapped for, and those that they were wrapped for before: each unwraps what names it.</summary>
/// <param name="current">Wraps.</param>
/// <param name="earlier">Only unwrap.</param>
public sealed class KekRing(IKeyWrapper current, IReadOnlyList<IKeyWrapper> earlier) : IKeyWrapper
{
    public IKeyWrapper Current => current;

    /// <summary><see cref="Current"/> first.</summary>
    public IReadOnlyList<IKeyWrapper> All { get; } = [current, .. earlier];

    public string Id => current.Id;

    public KekPublicKey PublicKey => current.PublicKey;

    public bool Opens(string kid) => All.Any(key => key.Opens(kid));

    /// <inheritdoc/>
    /// <remarks>What names none of its keys is refused without a call to anybody.</remarks>
    public ValueTask<DataKey> UnwrapAsync(KeyFile wrapped, CancellationToken cancellation) =>
        All.FirstOrDefault(key => key.Opens(wrapped.Kid)) is { } named
            ? named.UnwrapAsync(wrapped, cancellation)
            : throw new KeyUnwrapException($"The data key is wrapped for the KEK '{wrapped.Kid}'; the KEKs at hand are {string.Join(", ", All.Select(key => $"'{key.Id}'"))}.");
}

/// <summary>What a key encryption key says of itself.</summary>
public static class KeyWrappers
{
    /// <summary>Whether data keys are wrapped for a key in a file of this machine.</summary>
    public static bool IsLocal(this IKeyWrapper kek) => kek.Current() is LocalKeyFile;

    /// <summary>The one that wraps.</summary>
    public static IKeyWrapper Current(this IKeyWrapper kek) => kek switch
    {
        KekRing ring => ring.Current.Current(),
        UnwrappedKeys kept => kept.Inner.Current(),
        _ => kek,
    };

    /// <summary>The same without memory: for whoever opens many keys once each.</summary>
    public static IKeyWrapper WithoutMemory(this IKeyWrapper kek) => kek switch
    {
        Expiry.LocationKeys keys => keys.WithoutMemory(),
        KekRing ring => new KekRing(ring.Current.WithoutMemory(), [.. ring.All.Skip(1).Select(WithoutMemory)]),
        UnwrappedKeys kept => kept.Inner,
        _ => kek,
    };
}
