using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Expiry;

/// <summary>What is wrapped for which month's key, as the catalogue knows it.</summary>
public static class HangingOnKeys
{
    private static readonly SessionState[] Gone = [SessionState.Declined, SessionState.Expired, SessionState.Purged];

    private static readonly SessionState[] Over = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    /// <summary>Tracks whose data keys are there still and are wrapped, or are being wrapped, for this key.</summary>
    public static IQueryable<RecordedTrack> HangingOn(this CatalogueDb catalogue, Guid key) => catalogue.WithDataKeys().Where(t => t.ExpiryKey == key || t.NextExpiryKey == key);

    /// <summary>The same of each of these keys, counted: one question, however many keys there are. Those on which nothing hangs are not in it.</summary>
    public static async Task<IReadOnlyDictionary<Guid, HangingOnKey>> CountHangingAsync(this CatalogueDb catalogue, IReadOnlyCollection<Guid> keys, CancellationToken cancellation)
    {
        var (tracks, held) = (catalogue.WithDataKeys(), catalogue.Sessions.Held(catalogue));
        var wrapped = tracks.Where(t => t.ExpiryKey != null && keys.Contains(t.ExpiryKey.Value)).Select(t => new { Key = t.ExpiryKey!.Value, t.Session });
        var being = tracks.Where(t => t.NextExpiryKey != null && t.NextExpiryKey != t.ExpiryKey && keys.Contains(t.NextExpiryKey.Value)).Select(t => new { Key = t.NextExpiryKey!.Value, t.Session });
        var counted = await wrapped.Concat(being).GroupBy(t => t.Key).Select(of => new { of.Key, Tracks = of.Count(), Held = of.Count(t => held.Any(s => s.Id == t.Session)) }).ToDictionaryAsync(of => of.Key, cancellation);
        var exports = await catalogue.Exports.Where(e => e.Stored && e.ExpiryKey != null && keys.Contains(e.ExpiryKey.Value)).GroupBy(e => e.ExpiryKey!.Value).Select(of => new { of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Key, of => of.Count, cancellation);
        return counted.Keys.Union(exports.Keys).ToDictionary(key => key, key => new HangingOnKey(counted.GetValueOrDefault(key)?.Tracks ?? 0, counted.GetValueOrDefault(key)?.Held ?? 0, exports.GetValueOrDefault(key)));
    }

    /// <summary>Sessions of a location that go on: their recorders, or their chats, may still seal for the key of a month that ended after they began.</summary>
    public static IQueryable<RecordedSession> MaySealForMonths(this CatalogueDb catalogue, string location) =>
        catalogue.Sessions.Where(s => s.Location == location && s.KeysExpire && !Over.Contains(s.State) && !Gone.Contains(s.State) && s.State != SessionState.Purging);

    private static IQueryable<RecordedTrack> WithDataKeys(this CatalogueDb catalogue) => catalogue.Tracks.Where(t => t.PurgedAt == null
        && catalogue.Sessions.Any(s => s.Id == t.Session && s.State != SessionState.Purged)
        && !catalogue.Purges.Any(p => p.Session == t.Session && (p.Track == null || p.Track == t.Name) && p.KeysDestroyedAt != null));

    /// <summary>Whether anything hangs on this key, or may still be wrapped for it.</summary>
    public static async Task<bool> IsNeededAsync(this CatalogueDb catalogue, ExpiryKey key, CancellationToken cancellation)
    {
        var end = new ExpiryMonth(key.Month).End;
        return await catalogue.HangingOn(key.Id).AnyAsync(cancellation)
            || await catalogue.Exports.AnyAsync(e => e.ExpiryKey == key.Id && e.Stored, cancellation)
            || await catalogue.MaySealForMonths(key.Location).AnyAsync(s => s.CreatedAt < end, cancellation);
    }

    /// <summary>Stored tracks of a location whose data keys are not wrapped for the key that they should be: it is kept longer or shorter than was foreseen, a hold keeps it beyond its month, or whoever changed it broke off.</summary>
    /// <param name="key">Those on this month's key; null: those on the location's own.</param>
    /// <param name="settled">Sessions that ended before this: nobody puts anything of them any more.</param>
    public static IQueryable<MisplacedKey> Misplaced(this CatalogueDb catalogue, Location location, ExpiryKey? key, DateTimeOffset now, DateTimeOffset settled)
    {
        var sessions = catalogue.Sessions.Where(s => s.Location == location.Name && Over.Contains(s.State) && s.EndedAt < settled);
        var (held, id) = (sessions.Held(catalogue), key?.Id);
        var tracks = from t in catalogue.Tracks
                     join s in sessions on t.Session equals s.Id
                     where t.ExpiryKey == id && t.PurgedAt == null && t.PurgeBeganAt == null && (t.RewrapUntil == null || t.RewrapUntil < now)
                     select new MisplacedKey { Session = t.Session, Track = t.Name, Until = t.KeepUntil ?? s.KeepUntil, IsHeld = held.Any(h => h.Id == s.Id), BrokeOff = t.RewrapUntil != null };
        if (key is null) { return tracks.Where(t => t.BrokeOff || (location.KeysExpire && t.Until != null && (t.Until > now || t.IsHeld))); }

        var month = new ExpiryMonth(key.Month);
        var (begin, end) = (month.Begin, month.End);
        return now < begin
            ? tracks.Where(t => t.BrokeOff || t.Until == null || t.Until < begin || t.Until >= end)
            : now < end ? tracks.Where(t => t.BrokeOff || t.Until == null || t.Until >= end)
            : tracks.Where(t => t.BrokeOff || t.Until == null || t.Until >= end || t.IsHeld); // what is over and not held is deleted
    }
}

/// <summary>What hangs on a month's key.</summary>
/// <param name="Tracks">Whose data keys are wrapped, or are being wrapped, for it.</param>
/// <param name="Held">Those of them that a legal hold keeps.</param>
/// <param name="Exports">That are stored.</param>
public sealed record HangingOnKey(int Tracks, int Held, int Exports)
{
    public static readonly HangingOnKey Nothing = new(0, 0, 0);
}

/// <summary>A track whose data key belongs under another key.</summary>
public sealed class MisplacedKey
{
    public required Guid Session { get; init; }
    public required string Track { get; init; }

    /// <summary>Until when it is kept; null: without a date.</summary>
    public required DateTimeOffset? Until { get; init; }

    /// <summary>Whether a legal hold keeps it.</summary>
    public required bool IsHeld { get; init; }

    /// <summary>Whether somebody began to wrap it for another key and broke off.</summary>
    public required bool BrokeOff { get; init; }
}
