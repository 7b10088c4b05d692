using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>Wraps one data key for another key encryption key: the key file is replaced if it is still the same, read back, and its earlier versions are destroyed. The recording is not touched.</summary>
/// <remarks>Idempotent: what is wrapped for that key already only loses its earlier versions, once it was seen to open.</remarks>
internal static class RewrapKey
{
    private const int Limit = 1 << 16;
    private const int Attempts = 3;

    /// <param name="name">The key file's object.</param>
    /// <param name="target">The key that it is wrapped for afterwards.</param>
    /// <param name="pace">Is asked before the key encryption key is.</param>
    /// <returns>Whether it was wrapped anew; false: it was already, or is gone.</returns>
    /// <exception cref="KeyUnwrapException">No key at hand unwraps it.</exception>
    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    /// <exception cref="ObjectStoreException">The store did not do it; worth another try.</exception>
    public static async Task<bool> RunAsync(Location location, string name, KekPublicKey target, Pace pace, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await location.Store.GetAsync(name, Limit, cancellation) is not { } content) { return false; }

            var file = Read(name, content);
            if (file.Kid == target.Kid)
            {
                await DestroyEarlierAsync(location, name, file, pace, cancellation);
                return false;
            }

            await pace.WaitAsync(cancellation);
            using var key = await location.Keys.WithoutMemory().UnwrapAsync(file, cancellation);
            var wrapped = JsonSerializer.SerializeToUtf8Bytes(target.Wrap(file.Session, new TrackName(file.Track), key), FormatJson.Default.KeyFile);
            if (!await location.Store.ReplaceAsync(name, content, wrapped, cancellation)) { continue; } // what a server sent before it died may be carried out after
            if (await location.Store.GetAsync(name, Limit, cancellation) is not { } there || !there.AsSpan().SequenceEqual(wrapped)) { continue; }

            await DestroyEarlierAsync(location, name, null, pace, cancellation);
            return true;
        }

        throw new ObjectStoreException($"'{name}' was changed by somebody else each time that it was wrapped anew ({Attempts} times).");
    }

    /// <summary>Destroys the earlier versions of a key file that somebody replaced, or was about to replace.</summary>
    /// <returns>What it is wrapped for; null: it is gone.</returns>
    /// <exception cref="KeyUnwrapException">It is no key file, or no key at hand unwraps it; its earlier versions stay.</exception>
    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    /// <exception cref="ObjectStoreException">The store did not do it; worth another try.</exception>
    public static async Task<string?> SettleAsync(Location location, string name, Pace? pace, CancellationToken cancellation)
    {
        if (await location.Store.GetAsync(name, Limit, cancellation) is not { } content) { return null; }

        var file = Read(name, content);
        await DestroyEarlierAsync(location, name, file, pace, cancellation);
        return file.Kid;
    }

    /// <summary>Every version but the newest: a data key that hangs on an earlier key would keep that one alive.</summary>
    /// <param name="unseen">The newest, if it was not seen to be what was put: it has to open before another that might is destroyed.</param>
    private static async Task DestroyEarlierAsync(Location location, string name, KeyFile? unseen, Pace? pace, CancellationToken cancellation)
    {
        var versions = new List<ObjectVersion>();
        await foreach (var version in location.Store.ListVersionsAsync(name, cancellation)) { if (version.Name == name) { versions.Add(version); } } // the newest first
        if (versions.Count < 2) { return; }

        if (unseen is not null)
        {
            if (pace is not null) { await pace.WaitAsync(cancellation); }
            using var opened = await location.Keys.WithoutMemory().UnwrapAsync(unseen, cancellation);
        }

        var failed = await location.Store.DeleteAsync(versions[1..], cancellation);
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
