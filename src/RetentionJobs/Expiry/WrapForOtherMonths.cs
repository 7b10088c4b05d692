using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Expiry;

/// <summary>Wraps the data keys of what is held, or kept longer than it was to be, for a later month's key.</summary>
/// <remarks>Idempotent: what each track hangs on, and what it is being wrapped for, is in the catalogue before and after.</remarks>
public sealed partial class WrapForOtherMonths(CatalogueDb catalogue, IOptions<RewrapOptions> options, JobReport report, TimeProvider clock, ILogger<WrapForOtherMonths> log)
{
    private const int Batch = 50;

    /// <summary>Batches of one run.</summary>
    private const int Batches = 40;

    private readonly Pace _pace = new(options.Value.PerSecond, clock);

    /// <exception cref="KeyServiceException">The vault does not do it now.</exception>
    /// <exception cref="ObjectStoreException">The bucket is not there, or lets nobody in.</exception>
    public async Task RunAsync(Location location, CancellationToken cancellation)
    {
        List<ExpiryKey?> keys = [null, .. await catalogue.ExpiryKeys.AsNoTracking().Where(k => k.Location == location.Name && k.DestroyedAt == null).OrderBy(k => k.Month).ToListAsync(cancellation)];
        if (keys.Count == 1 && !location.KeysExpire) { return; } // nothing here ever hung on a month's key

        var batches = 0;
        foreach (var key in keys)
        {
            while (batches++ < Batches)
            {
                var now = clock.GetUtcNow();
                var found = await catalogue.Misplaced(location, key, now, now - PurgeSteps.AddressesAreDead).OrderBy(t => t.Session).ThenBy(t => t.Track).Take(Batch).ToListAsync(cancellation);
                if (found.Count == 0 || !await WrapAsync(location, key, found, cancellation)) { break; } // what was begun and not done is not found again before its lease is over
            }
        }
    }

    /// <returns>Whether any of it was begun: else others work on all of it.</returns>
    private async Task<bool> WrapAsync(Location location, ExpiryKey? from, List<MisplacedKey> found, CancellationToken cancellation)
    {
        var settled = 0;
        foreach (var track in found.Where(track => track.BrokeOff)) { settled += await SettleAsync(location, track.Session, track.Track, cancellation) ? 1 : 0; }

        var (now, targets) = (clock.GetUtcNow(), new Dictionary<(Guid, string), WrappingKey>());
        foreach (var track in found.Where(track => !track.BrokeOff))
        {
            var until = track.Until is { } date && track.IsHeld && date < now ? now : track.Until;
            targets[(track.Session, track.Track)] = from is null && !location.KeysExpire ? location.OwnKey : await location.WrapsUntilAsync(until, now, cancellation);
        }

        var begun = await catalogue.ChangeAsync(() => BeginAsync(targets, from, cancellation));
        using var limit = new CancellationTokenSource(RewrapKeys.Lease - RewrapKeys.Margin, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var done = new ConcurrentBag<(Guid Session, string Track)>();
        try
        {
            await Parallel.ForEachAsync(begun, new ParallelOptions { MaxDegreeOfParallelism = RewrapKeys.AtOnce, CancellationToken = both.Token }, async (track, token) =>
            {
                try
                {
                    await RewrapKey.RunAsync(location, TrackObjects.NameOf(track.Session, new TrackName(track.Track), TrackObjects.KeyFile), targets[track].Key, _pace, token);
                    done.Add(track);
                }
                catch (Exception refused) when (refused is KeyUnwrapException or ObjectStoreException { Fault: not (ObjectStoreFault.BucketMissing or ObjectStoreFault.Denied) })
                {
                    report.Failed("data key", "that could not be wrapped for another month's key", refused); // the others go on
                    NotRewrapped(log, track.Session, track.Track, refused);
                }
            });
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            report.Failed("data key", "not wrapped for another month's key in time", late);
        }
        finally
        {
            await catalogue.ChangeAsync(() => EndAsync([.. done], targets, CancellationToken.None));
        }

        report.Did("data key", "wrapped for the key of another month", done.Count);
        return begun.Count + settled > 0;
    }

    /// <summary>Whoever wrapped it anew was killed: which key it hangs on is what its key file says. Until that is known, it counts for both.</summary>
    private async Task<bool> SettleAsync(Location location, Guid session, string track, CancellationToken cancellation)
    {
        try
        {
            var kid = await RewrapKey.SettleAsync(location, TrackObjects.NameOf(session, new TrackName(track), TrackObjects.KeyFile), _pace, cancellation);
            return await catalogue.ChangeAsync(async () =>
            {
                var row = await catalogue.Tracks.SingleAsync(t => t.Session == session && t.Name == track, cancellation);
                if (kid is not null) { row.ExpiryKey = (await catalogue.ExpiryKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Location == location.Name && k.Kid == kid, cancellation))?.Id; }
                (row.NextExpiryKey, row.RewrapUntil) = (null, null);
                await catalogue.SaveChangesAsync(cancellation);
                return true;
            });
        }
        catch (Exception refused) when (refused is KeyUnwrapException or ObjectStoreException { Fault: not (ObjectStoreFault.BucketMissing or ObjectStoreFault.Denied) })
        {
            report.Failed("data key", "of which is not known what it is wrapped for", refused);
            NotRewrapped(log, session, track, refused);
            return false;
        }
    }

    /// <summary>What they are being wrapped for stands in the catalogue before, and keeps that key from being destroyed, and them from being deleted.</summary>
    private async Task<List<(Guid Session, string Track)>> BeginAsync(Dictionary<(Guid Session, string Track), WrappingKey> targets, ExpiryKey? from, CancellationToken cancellation)
    {
        await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever begins to delete one at this moment waits, and sees the lease
        var (now, begun, sessions) = (clock.GetUtcNow(), new List<(Guid, string)>(), targets.Keys.Select(each => each.Session).Distinct().ToList());
        var busy = catalogue.BeingRewrapped(now);
        foreach (var row in await catalogue.Tracks.Where(t => sessions.Contains(t.Session) && t.PurgeBeganAt == null && !busy.Any(s => s.Id == t.Session) && catalogue.Sessions.Any(s => s.Id == t.Session && s.State != SessionState.Purging && s.State != SessionState.Purged)).ToListAsync(cancellation))
        {
            if (row.ExpiryKey != from?.Id || row.RewrapUntil is not null || !targets.TryGetValue((row.Session, row.Name), out var target)) { continue; }

            (row.NextExpiryKey, row.RewrapUntil) = (target.ExpiryKey, now + RewrapKeys.Lease);
            begun.Add((row.Session, row.Name));
        }

        await catalogue.SaveChangesAsync(cancellation);
        await writing.CommitAsync(cancellation);
        return begun;
    }

    private async Task<bool> EndAsync(List<(Guid Session, string Track)> done, Dictionary<(Guid, string), WrappingKey> targets, CancellationToken cancellation)
    {
        var sessions = done.Select(each => each.Session).Distinct().ToList();
        var rows = await catalogue.Tracks.Where(t => sessions.Contains(t.Session)).ToDictionaryAsync(t => (t.Session, t.Name), cancellation);
        foreach (var track in done)
        {
            var row = rows[track];
            (row.ExpiryKey, row.NextExpiryKey, row.RewrapUntil) = (targets[track].ExpiryKey, null, null);
        }

        await catalogue.SaveChangesAsync(cancellation);
        return true;
    }

    [LoggerMessage(3512, LogLevel.Error, "Session {Session}, track {Track}: its data key could not be wrapped for another month's key: it stays as it is, and so does the key of its month")]
    private static partial void NotRewrapped(ILogger log, Guid session, string track, Exception refused);
}
