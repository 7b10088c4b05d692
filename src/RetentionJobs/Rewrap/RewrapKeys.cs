using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>When a location's key encryption key was rotated or replaced: wraps every data key of it anew, session by session, and says when nothing hangs on an earlier key any more.</summary>
/// <remarks>How far it is, is in the catalogue after each batch: killed at any point it goes on. While a batch is in work, nothing of it is deleted (<see cref="KeyPass.LeaseUntil"/>).</remarks>
public sealed partial class RewrapKeys(CatalogueDb catalogue, KnownLocations locations, IOptions<RewrapOptions> options, JobReport report, TimeProvider clock, ILogger<RewrapKeys> log) : IScheduledJob
{
    /// <summary>While a batch is in work, nothing of it is deleted; one that takes longer is given up and begun again.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>What was begun by then has so long to be noted.</summary>
    internal static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private const int Batch = 50;

    /// <summary>Batches of one run: others want to be scheduled too.</summary>
    private const int Batches = 20;

    /// <summary>Keys at once: each waits most of its time for the bucket, some calls one after the other.</summary>
    internal const int AtOnce = 16;

    /// <summary>So long a server may still hand out the key before: it looks for a new version of a vault's key as often.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>Nothing of them is stored, or it is being deleted.</summary>
    private static readonly SessionState[] Gone = [SessionState.Declined, SessionState.Expired, SessionState.Purging, SessionState.Purged];

    private static readonly SessionState[] Over = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    private readonly Pace _pace = new(options.Value.PerSecond, clock);

    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var location in locations.All)
        {
            try
            {
                var target = location.Kek.PublicKey;
                if (await PassAsync(location, target, cancellation) is { } pass) { await GoOnAsync(location, target, pass, cancellation); }
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested && failed is KeyServiceException or ObjectStoreException)
            {
                report.Failed("location", "whose keys could not be wrapped anew yet", failed);
                NotRewrapped(log, location.Name, failed);
            }
        }
    }

    /// <summary>The pass that goes on. Where the location never had another key, there is nothing to do.</summary>
    private async Task<Guid?> PassAsync(Location location, KekPublicKey target, CancellationToken cancellation)
    {
        var last = await catalogue.KeyPasses.AsNoTracking().Where(p => p.Location == location.Name).OrderByDescending(p => p.BeganAt).FirstOrDefaultAsync(cancellation);
        if (last?.Kid == target.Kid) { return last.EndedAt is null ? last.Id : null; }

        var now = clock.GetUtcNow();
        var isFirst = last is null && location.Kek is not KekRing { All.Count: > 1 };
        var pass = new KeyPass { Id = Guid.CreateVersion7(now), Location = location.Name, Kid = target.Kid, BeganAt = now, EndedAt = isFirst ? now : null, AuditDone = location.Name != Location.Main };
        await catalogue.KeyPasses.Where(p => p.Location == location.Name && p.EndedAt == null).ExecuteDeleteAsync(cancellation); // its key was replaced before it came to its end
        catalogue.KeyPasses.Add(pass);
        if (!isFirst) { catalogue.Audit.Add(Row("keys.rewrap", $"{location.Name}: for {target.Kid}", now)); }
        await catalogue.SaveChangesAsync(cancellation);
        return isFirst ? null : pass.Id;
    }

    private async Task GoOnAsync(Location location, KekPublicKey target, Guid pass, CancellationToken cancellation)
    {
        if (!await AuditTrailAsync(location, target, pass, cancellation)) { return; }

        for (var batch = 0; batch < Batches; batch++)
        {
            var (sessions, isLast) = await BeginAsync(location, pass, cancellation);
            if (sessions.Count > 0) { await RewrapAsync(location, target, pass, sessions, cancellation); }
            if (isLast) { await EndAsync(location, pass, cancellation); return; }
        }
    }

    /// <summary>The rows of the audit trail are sealed in the bucket too, each checkpoint with a key of its own.</summary>
    /// <returns>Whether all of it is done.</returns>
    private async Task<bool> AuditTrailAsync(Location location, KekPublicKey target, Guid id, CancellationToken cancellation)
    {
        var pass = await catalogue.KeyPasses.AsNoTracking().SingleAsync(p => p.Id == id, cancellation);
        if (pass.AuditDone) { return true; }

        var names = new List<string>(Batch);
        for (var batch = 0; batch < Batches; batch++)
        {
            names.Clear();
            var after = pass.AuditAfter;
            await foreach (var found in location.Store.ListAsync(AuditCheckpoint.Prefix, after, cancellation))
            {
                after = found.Name;
                if (found.Name.EndsWith('/' + TrackObjects.KeyFile, StringComparison.Ordinal)) { names.Add(found.Name); }
                if (names.Count == Batch) { break; }
            }

            var (rewrapped, unreadable) = await RewrapAsync(location, names, target, cancellation);
            pass = await SaveAsync(id, row => (row.AuditAfter, row.AuditDone, row.Rewrapped, row.Unreadable) = (after, names.Count < Batch, row.Rewrapped + rewrapped, row.Unreadable + unreadable), cancellation);
            if (pass.AuditDone) { return true; }
        }

        return false;
    }

    /// <summary>Takes the next sessions and keeps them from being deleted meanwhile.</summary>
    private Task<(IReadOnlyList<Guid> Sessions, bool IsLast)> BeginAsync(Location location, Guid id, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        await using var writing = await catalogue.BeginWritingAsync(cancellation); // whoever begins to delete one at this moment waits, and sees the lease
        var pass = await catalogue.KeyPasses.SingleAsync(p => p.Id == id, cancellation);
        var (now, settled) = (clock.GetUtcNow(), pass.BeganAt + Settling);
        var here = catalogue.Sessions.AsNoTracking().Where(s => s.Location == location.Name && !Gone.Contains(s.State) && s.CreatedAt < settled);
        if (pass.After is { } after) { here = here.Where(s => s.Id > after); }
        var next = await here.OrderBy(s => s.Id).Select(s => new { s.Id, s.State, s.EndedAt }).Take(Batch).ToListAsync(cancellation);
        var running = next.Find(s => !Over.Contains(s.State) || s.EndedAt + PurgeSteps.AddressesAreDead > now);
        if (running is not null) { pass.Again ??= running.Id; } // its recorder may still put what it wrapped for the key before
        if (next.Count > 0) { (pass.Until, pass.LeaseUntil) = (next[^1].Id, now + Lease); }
        await catalogue.SaveChangesAsync(cancellation);
        await writing.CommitAsync(cancellation);
        return ((IReadOnlyList<Guid>)[.. next.Select(s => s.Id)], next.Count < Batch);
    });

    private async Task RewrapAsync(Location location, KekPublicKey target, Guid pass, IReadOnlyList<Guid> sessions, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Lease - Margin, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var tracks = await catalogue.Tracks.AsNoTracking().Where(t => sessions.Contains(t.Session) && t.PurgeBeganAt == null && t.ExpiryKey == null && t.RewrapUntil == null).Select(t => new { t.Session, t.Name }).ToListAsync(both.Token);
        var exports = await catalogue.Exports.AsNoTracking().Where(e => sessions.Contains(e.Session) && e.Stored && e.ExpiryKey == null).Select(e => new { e.Session, e.Id }).ToListAsync(both.Token);
        string[] names =
        [
            .. tracks.Select(t => TrackObjects.NameOf(t.Session, new TrackName(t.Name), TrackObjects.KeyFile)),
            .. exports.Select(e => TrackObjects.NameOf(e.Session, ExportTrack.Of(e.Id), TrackObjects.KeyFile)),
        ];
        try
        {
            var (rewrapped, unreadable) = await RewrapAsync(location, names, target, both.Token);
            await SaveAsync(pass, row => (row.After, row.Until, row.LeaseUntil, row.Rewrapped, row.Unreadable) = (row.Until, null, null, row.Rewrapped + rewrapped, row.Unreadable + unreadable), cancellation);
        }
        catch (OperationCanceledException late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ObjectStoreException($"{sessions.Count} sessions took longer than {(Lease - Margin).TotalMinutes:0} minutes; they are begun again.", late); // what was done of them is not done twice
        }
    }

    private async Task<(int Rewrapped, int Unreadable)> RewrapAsync(Location location, IReadOnlyCollection<string> names, KekPublicKey target, CancellationToken cancellation)
    {
        var (rewrapped, unreadable) = (0, 0);
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (name, token) =>
        {
            try
            {
                if (await RewrapKey.RunAsync(location, name, target, _pace, token)) { Interlocked.Increment(ref rewrapped); }
            }
            catch (KeyUnwrapException refused)
            {
                Interlocked.Increment(ref unreadable);
                Unreadable(log, name, refused);
            }
        });
        report.Did("data key", "wrapped anew", rewrapped);
        if (unreadable > 0) { report.Did("data key", "that no key at hand unwraps", unreadable); }
        return (rewrapped, unreadable);
    }

    /// <summary>All were looked at. What could not be done yet is gone through again; otherwise nothing hangs on an earlier key.</summary>
    private async Task EndAsync(Location location, Guid id, CancellationToken cancellation)
    {
        if (await catalogue.MovedRecordings.AnyAsync(m => m.From == location.Name, cancellation)) { return; } // what was moved away is not deleted here yet
        if (await catalogue.Tracks.AnyAsync(t => t.RewrapUntil != null && catalogue.Sessions.Any(s => s.Id == t.Session && s.Location == location.Name), cancellation)) { return; } // between a month's key and the location's own

        var now = clock.GetUtcNow();
        await SaveAsync(
            id,
            row =>
            {
                if (row.Again is { } again) { (row.After, row.Again) = (Before(again), null); }
                else if (row.BeganAt + Settling <= now)
                {
                    row.EndedAt = now;
                    catalogue.Audit.Add(Row("keys.rewrapped", $"{location.Name}: {row.Rewrapped} data keys for {row.Kid}{(row.Unreadable > 0 ? $"; {row.Unreadable} could not be unwrapped and hang on what they hung on" : "; nothing hangs on an earlier key")}", now)); // in the same transaction: an ended pass is not looked at again
                }

                (row.Until, row.LeaseUntil) = (null, null);
            },
            cancellation);
    }

    private Task<KeyPass> SaveAsync(Guid id, Action<KeyPass> change, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var row = await catalogue.KeyPasses.SingleAsync(p => p.Id == id, cancellation);
        change(row);
        await catalogue.SaveChangesAsync(cancellation);
        return row;
    });

    /// <summary>The greatest id below this one.</summary>
    private static Guid Before(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        for (var i = bytes.Length - 1; i >= 0 && bytes[i]-- == 0; i--) { }
        return new(bytes, bigEndian: true);
    }

    private static AuditRow Row(string action, string detail, DateTimeOffset now) => new() { At = now, Actor = "server", Action = action, Outcome = "allowed", Detail = detail.Length <= 400 ? detail : detail[..400] };

    [LoggerMessage(3501, LogLevel.Warning, "Data keys of the location '{Location}' could not be wrapped anew yet")]
    private static partial void NotRewrapped(ILogger log, string location, Exception failed);

    [LoggerMessage(3502, LogLevel.Error, "No key at hand unwraps '{Name}': it stays as it is")]
    private static partial void Unreadable(ILogger log, string name, Exception refused);
}
