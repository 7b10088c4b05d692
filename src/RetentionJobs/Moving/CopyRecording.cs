using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Moving;

/// <summary>Copies one recording, sealed as it is, reads every object back, and says then that it lies in the new place. Its keys are wrapped for the new place's KEK; nothing is opened.</summary>
public sealed class CopyRecording(CatalogueDb catalogue, TimeProvider clock)
{
    private const long ObjectLimit = 64 << 20;
    private const int AtOnce = 4;

    /// <returns>False: it is being deleted or exported, or lies elsewhere by now; nothing changed.</returns>
    /// <exception cref="ObjectStoreException">One of the places did not answer, or the new one holds something else under the same name.</exception>
    public async Task<bool> RunAsync(Guid session, Location from, Location to, CancellationToken cancellation)
    {
        if (!await CanBeMovedAsync(session, from, cancellation)) { return false; }

        var wraps = await WrapsAsync(session, to, cancellation);
        var names = new List<string>();
        await foreach (var found in from.Store.ListAsync(TrackObjects.Prefix(session), startAfter: null, cancellation)) { names.Add(found.Name); }
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (name, token) => await CopyAsync(session, name, from, to, wraps, token));
        return await catalogue.ChangeAsync(() => SwitchAsync(session, from, to, names.Count, wraps, cancellation));
    }

    private async Task<bool> CanBeMovedAsync(Guid session, Location from, CancellationToken cancellation) =>
        await catalogue.Sessions.AnyAsync(s => s.Id == session && s.Location == from.Name && s.State != SessionState.Purging && s.State != SessionState.Purged, cancellation)
        && !await catalogue.Exports.AnyAsync(e => e.Session == session && e.State == ExportState.Building, cancellation)
        && !await catalogue.Tracks.AnyAsync(t => t.Session == session && ((t.PurgeBeganAt != null && t.PurgedAt == null) || t.RewrapUntil != null), cancellation)
        && !await catalogue.MovedRecordings.AnyAsync(m => m.Session == session, cancellation); // its last old place is not empty yet

    /// <summary>What the data keys are wrapped for in the new place, by track; what is not in it, for the place's own key.</summary>
    private async Task<Dictionary<string, WrappingKey>> WrapsAsync(Guid id, Location to, CancellationToken cancellation)
    {
        var wraps = new Dictionary<string, WrappingKey>(StringComparer.Ordinal);
        if (!to.KeysExpire) { return wraps; }

        var now = clock.GetUtcNow();
        var session = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        foreach (var track in session.Tracks) { wraps[track.Name] = await to.WrapsUntilAsync(track.KeepUntil ?? session.KeepUntil, now, cancellation); }
        foreach (var export in await catalogue.Exports.AsNoTracking().Where(e => e.Session == id && e.Stored).ToListAsync(cancellation)) { wraps[ExportTrack.Of(export.Id).Value] = await to.WrapsUntilAsync(export.ExpiresAt ?? now, now, cancellation); }
        return wraps;
    }

    private static async Task CopyAsync(Guid session, string name, Location from, Location to, Dictionary<string, WrappingKey> wraps, CancellationToken cancellation)
    {
        var content = await from.Store.GetAsync(name, ObjectLimit, cancellation) ?? throw new ObjectStoreException($"'{name}' was listed, and is not there.");
        if (name.EndsWith('/' + TrackObjects.KeyFile, StringComparison.Ordinal) && KidOf(content) is { } kid)
        {
            var track = new TrackName(name[TrackObjects.Prefix(session).Length..].Split('/')[0]);
            var wanted = wraps.GetValueOrDefault(track.Value) ?? to.OwnKey;
            if (kid != wanted.Key.Kid || !await PutAsync(name, content, to, cancellation)) { await CopyKeyAsync(session, track, name, content, from, to, wanted.Key, cancellation); }
            return;
        }

        if (!await PutAsync(name, content, to, cancellation)) { throw new ObjectStoreException($"'{name}' in '{to.Name}' is not what it is in '{from.Name}'.", ObjectStoreFault.Rejected); }
    }

    /// <returns>Whether it is there now as it is here.</returns>
    private static async Task<bool> PutAsync(string name, byte[] content, Location to, CancellationToken cancellation)
    {
        await to.Store.PutOnceAsync(name, content, cancellation);
        return await to.Store.GetAsync(name, ObjectLimit, cancellation) is { } there && there.AsSpan().SequenceEqual(content);
    }

    /// <summary>Wrapping is different each time: one that is there already has to hold the same key. It is wrapped anew if an earlier attempt, in an earlier month, wrapped it for another one.</summary>
    private static async Task CopyKeyAsync(Guid session, TrackName track, string name, byte[] content, Location from, Location to, KekPublicKey wanted, CancellationToken cancellation)
    {
        using var key = await from.Keys.UnwrapAsync(Read(name, content), cancellation);
        var wrapped = JsonSerializer.SerializeToUtf8Bytes(wanted.Wrap(session, track, key), FormatJson.Default.KeyFile);
        await to.Store.PutOnceAsync(name, wrapped, cancellation);
        var there = await ThereAsync();
        if (Read(name, there).Kid != wanted.Kid)
        {
            if (!await to.Store.ReplaceAsync(name, there, wrapped, cancellation)) { throw new ObjectStoreException($"'{name}' in '{to.Name}' was changed meanwhile."); }
            await RewrapKey.SettleAsync(to, name, null, cancellation);
            there = await ThereAsync();
        }

        using var copied = await to.Keys.UnwrapAsync(Read(name, there), cancellation);
        if (!copied.HasSameBytesAs(key)) { throw new ObjectStoreException($"'{name}' in '{to.Name}' holds another key than in '{from.Name}'.", ObjectStoreFault.Rejected); }

        async Task<byte[]> ThereAsync() => await to.Store.GetAsync(name, ObjectLimit, cancellation) ?? throw new ObjectStoreException($"'{name}' was put into '{to.Name}', and is not there.");
    }

    /// <returns><see langword="null"/>: it is no key file, and is moved as it is.</returns>
    private static string? KidOf(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, FormatJson.Default.KeyFile)?.Kid;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static KeyFile Read(string name, byte[] content) => JsonSerializer.Deserialize(content, FormatJson.Default.KeyFile) ?? throw new TrackAlteredException($"'{name}' is empty.");

    /// <summary>From now on it is read there.</summary>
    private async Task<bool> SwitchAsync(Guid id, Location from, Location to, int objects, Dictionary<string, WrappingKey> wraps, CancellationToken cancellation)
    {
        var session = await catalogue.Sessions.Include(s => s.Tracks).SingleAsync(s => s.Id == id, cancellation);
        if (!await CanBeMovedAsync(id, from, cancellation)) { return false; } // who deletes or exports it was faster

        var now = clock.GetUtcNow();
        if (wraps.Values.Any(wrap => wrap.ExpiryKey is not null))
        {
            var months = wraps.Values.Select(wrap => wrap.ExpiryKey).OfType<Guid>().Distinct().ToList();
            if (await catalogue.ExpiryKeys.AnyAsync(k => months.Contains(k.Id) && k.DestroyingSince != null, cancellation)) { throw new ObjectStoreException("Copying took longer than the month lasted whose key it is wrapped for: it is wrapped anew."); }
        }

        session.Location = to.Name;
        foreach (var track in session.Tracks) { track.ExpiryKey = wraps.GetValueOrDefault(track.Name)?.ExpiryKey; }
        foreach (var export in await catalogue.Exports.Where(e => e.Session == id && e.Stored).ToListAsync(cancellation)) { export.ExpiryKey = wraps.GetValueOrDefault(ExportTrack.Of(export.Id).Value)?.ExpiryKey; }
        catalogue.MovedRecordings.Add(new() { Session = id, From = from.Name, To = to.Name, At = now });
        catalogue.Audit.Add(new() { At = now, Actor = "server", Action = "session.moved", Session = id, Outcome = "allowed", Detail = $"{objects} objects, from {from.Name} to {to.Name}" });
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }
}
