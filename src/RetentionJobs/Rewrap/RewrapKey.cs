using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>Wraps one data key for another key encryption key: the key file is replaced if it is still the same, read back, and its earlier versions are destroyed. The recording is not touched.</summary>
/// <remarks>Idempotent: what is wrapped for that key already only loses its earlier versions.</remarks>
internal static class RewrapKey
{
    private const int Limit = 1 << 16;

    /// <param name="name">The key file's object.</param>
    /// <param name="target">The key that it is wrapped for afterwards.</param>
    /// <param name="pace">Is asked before the key encryption key is.</param>
    /// <returns>Whether it was wrapped anew; false: it was already, or is gone.</returns>
    /// <exception cref="KeyUnwrapException">No key at hand unwraps it.</exception>
    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    /// <exception cref="ObjectStoreException">The store did not do it; worth another try.</exception>
    public static async Task<bool> RunAsync(Location location, string name, KekPublicKey target, Pace pace, CancellationToken cancellation)
    {
        if (await location.Store.GetAsync(name, Limit, cancellation) is not { } content) { return false; }

        var file = Read(name, content);
        var isOther = file.Kid != target.Kid;
        if (isOther)
        {
            await pace.WaitAsync(cancellation);
            using var key = await location.Keys.WithoutMemory().UnwrapAsync(file, cancellation);
            var wrapped = JsonSerializer.SerializeToUtf8Bytes(target.Wrap(file.Session, new TrackName(file.Track), key), FormatJson.Default.KeyFile);
            if (!await location.Store.ReplaceAsync(name, content, wrapped, cancellation)) { throw new ObjectStoreException($"'{name}' was changed meanwhile."); }
            if (await location.Store.GetAsync(name, Limit, cancellation) is not { } there || !there.AsSpan().SequenceEqual(wrapped)) { throw new ObjectStoreException($"'{name}' was replaced, and is not what was put."); }
        }

        await DestroyEarlierAsync(location.Store, name, cancellation);
        return isOther;
    }

    /// <summary>Destroys the earlier versions of a key file that somebody replaced, or was about to replace.</summary>
    /// <returns>What it is wrapped for; null: it is gone.</returns>
    /// <exception cref="KeyUnwrapException">It is no key file.</exception>
    /// <exception cref="ObjectStoreException">The store did not do it; worth another try.</exception>
    public static async Task<string?> SettleAsync(Location location, string name, CancellationToken cancellation)
    {
        if (await location.Store.GetAsync(name, Limit, cancellation) is not { } content) { return null; }

        var kid = Read(name, content).Kid;
        await DestroyEarlierAsync(location.Store, name, cancellation);
        return kid;
    }

    /// <summary>Every version but the newest: a data key that hangs on an earlier key would keep that one alive.</summary>
    private static async Task DestroyEarlierAsync(IObjectStore store, string name, CancellationToken cancellation)
    {
        var versions = new List<ObjectVersion>();
        await foreach (var version in store.ListVersionsAsync(name, cancellation)) { if (version.Name == name) { versions.Add(version); } } // the newest first
        if (versions.Count < 2) { return; }

        var failed = await store.DeleteAsync(versions[1..], cancellation);
        if (failed is [var first, ..]) { throw new ObjectStoreException($"{failed.Count} earlier versions of '{name}' remain: {first.Reason}"); }
    }

    private static KeyFile Read(string name, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, FormatJson.Default.KeyFile) is { Format: KeyFile.FormatName } file ? file : throw new KeyUnwrapException($"'{name}' is no key file of a version that is known.");
        }
        catch (JsonException malformed)
        {
            throw new KeyUnwrapException($"'{name}' is no key file.", malformed);
        }
    }
}
