using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.Purge;

/// <summary>What the purge of a session and that of one track have in common: what stops them, when they wait, and their certificate.</summary>
public sealed class PurgeSteps(CatalogueDb catalogue, PurgeObjects objects, KnownLocations locations, SigningKey server, TimeProvider clock)
{
    /// <summary>Nobody can put anything for a session any more, so long after its end: the last upload address has expired.</summary>
    public static readonly TimeSpan AddressesAreDead = AddressesRequest.Validity + TimeSpan.FromMinutes(1);

    /// <summary>A lock without an end is looked at again after this.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    /// <summary>The bucket's clock need not be ours.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    private static readonly string Node = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}/{Environment.ProcessId}");

    internal static bool IsOver(SessionState state) => state is SessionState.Recorded or SessionState.Partial or SessionState.Failed or SessionState.Lost;

    internal PurgeTarget TargetOf(PurgeProgress progress, RecordedSession session, IEnumerable<Storage.Sealing.TrackName> tracks) => new(
        progress.Id, session.Id, locations.Of(session.Location).Store,
        progress.Track is { } track ? TrackObjects.Prefix(session.Id, new(track)) : TrackObjects.Prefix(session.Id),
        [.. tracks.Select(name => TrackObjects.NameOf(session.Id, name, TrackObjects.KeyFile))]);

    /// <summary>Destroys what is there and certifies it, as far as it comes.</summary>
    /// <param name="wait">Whether something may still be put, so that the certificate waits.</param>
    /// <param name="untouched">Takes back that it counts as gone, where a hold came before anything was destroyed; saves nothing.</param>
    /// <returns>The certificate, compact JWS; null: not yet, see the outcome.</returns>
    internal async Task<(PurgeOutcome Outcome, string? Certificate)> RunAsync(
        PurgeTarget target, RecordedSession session, PurgeProgress begun, IReadOnlyList<DeletedTrack> tracks, string job, Func<Task<bool>> wait, Func<PurgeProgress, Task> untouched, CancellationToken cancellation)
    {
        switch (await DestroyAsync(target, cancellation))
        {
            case PurgeObjects.Result.Held:
                await StopAsync(target, untouched, cancellation);
                return (PurgeOutcome.Held, null);
            case PurgeObjects.Result.Locked locked:
                await WaitForLockAsync(target, locked, cancellation);
                return (PurgeOutcome.Locked, null);
            case PurgeObjects.Result.Empty empty when clock.GetUtcNow() >= (session.EndedAt ?? session.CreatedAt) + AddressesAreDead && !await wait():
                return (PurgeOutcome.Purged, await CertifyAsync(target, session, begun.Track, empty.At, tracks, job, cancellation));
            default:
                return (PurgeOutcome.Destroyed, null);
        }
    }

    /// <summary>Whoever fails leaves it to anybody at once.</summary>
    private async Task<PurgeObjects.Result> DestroyAsync(PurgeTarget target, CancellationToken cancellation)
    {
        try
        {
            return await objects.RunAsync(target, cancellation);
        }
        catch (ObjectStoreException)
        {
            await catalogue.Purges.Where(p => p.Id == target.Purge).ExecuteUpdateAsync(row => row.SetProperty(p => p.LeaseUntil, (DateTimeOffset?)null), cancellation);
            throw;
        }
    }

    /// <summary>A hold keeps what is left. Where nothing was destroyed yet, all is as before; otherwise what was is counted, for the hold's page and the audit trail.</summary>
    internal async Task StopAsync(PurgeTarget target, Func<PurgeProgress, Task> untouched, CancellationToken cancellation)
    {
        var progress = await objects.SettleAsync(target, cancellation);
        var left = progress is { Versions: 0, DeleteMarkers: 0, Uploads: 0 } ? null : await target.Store.CountAsync(target.Prefix, cancellation);
        await catalogue.ChangeAsync(async () =>
        {
            var row = await catalogue.Purges.SingleAsync(p => p.Id == target.Purge, cancellation);
            if (row.HeldSince is not null) { return true; }

            if (left is null)
            {
                await untouched(row);
                catalogue.Purges.Remove(row);
                Record(target.Session, "session.purge-held", $"{WhatOf(row)}a legal hold came before anything was destroyed: all is as before");
            }
            else
            {
                (row.HeldSince, row.Remaining, row.LeaseUntil) = (clock.GetUtcNow(), left.All, null);
                var all = $"{row.Versions + row.DeleteMarkers} stored versions are gone, {left.All} are kept";
                Record(target.Session, "session.purge-held", $"{WhatOf(row)}a legal hold stopped a deletion that had begun: its keys were being destroyed; {all}");
                await SayAsync(row, $"A legal hold stopped its deletion after it had begun: nobody replays it any more; {all}.", cancellation);
            }

            await catalogue.SaveChangesAsync(cancellation);
            return true;
        });
    }

    /// <summary>What its pages say instead of what a deletion usually means.</summary>
    private async Task SayAsync(PurgeProgress row, string detail, CancellationToken cancellation)
    {
        if (row.Track is null) { (await catalogue.Sessions.SingleAsync(s => s.Id == row.Session, cancellation)).Detail = detail; }
    }

    private async Task WaitForLockAsync(PurgeTarget target, PurgeObjects.Result.Locked locked, CancellationToken cancellation) => await catalogue.ChangeAsync(async () =>
    {
        var (row, now) = (await catalogue.Purges.SingleAsync(p => p.Id == target.Purge, cancellation), clock.GetUtcNow());
        if ((row.Locked, row.LockedUntil) != (locked.Count, locked.Until))
        {
            Record(target.Session, "session.purge-locked", $"{WhatOf(row)}the bucket's Object Lock keeps {locked.Count} versions {(locked.Until is { } until ? $"until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "without an end that is known")}");
        }

        var next = locked.First ?? now + LookAgain;
        await SayAsync(row, $"It counts as deleted, and nobody replays it any more. The bucket’s Object Lock keeps {locked.Count} stored versions {(locked.Until is { } end ? $"until {end.UtcDateTime:d MMMM yyyy, HH:mm} UTC; then they are deleted" : $"without an end that is known; it is tried again on {next.UtcDateTime:d MMMM yyyy}")}.", cancellation);
        (row.Locked, row.Remaining, row.LeaseUntil, row.LockedUntil, row.NotBefore) = (locked.Count, locked.Count, null, locked.Until, next > now + ClockDifference ? next : now + ClockDifference);
        await catalogue.SaveChangesAsync(cancellation);
        return true;
    });

    /// <summary>The version that set the dates: the one that was applied last, or else the one that the notice showed.</summary>
    private async Task<string?> PolicyOfAsync(RecordedSession session, CancellationToken cancellation) =>
        await catalogue.PolicyAsync(session.DatedBy ?? session.Policy, cancellation) is { } policy ? $"{(policy.Team == RetentionPolicy.Organization ? "organization" : $"team {policy.Team}")}, version {policy.Version}" : null;

    /// <summary>The months' keys that copies of its data keys, in backups, are wrapped for.</summary>
    private async Task<IReadOnlyList<ExpiringKey>?> KeysOfAsync(Guid session, string? track, CancellationToken cancellation)
    {
        var keys = await catalogue.ExpiryKeys.AsNoTracking().Where(k => k.Kid != null && catalogue.Tracks.Any(t => t.Session == session && (track == null || t.Name == track) && t.ExpiryKey == k.Id)).OrderBy(k => k.Month).ToListAsync(cancellation);
        return keys.Count == 0 ? null : [.. keys.Select(key => new ExpiringKey(key.Kid!, new ExpiryMonth(key.Month).End))];
    }

    /// <summary>Signs the certificate and puts it beside the others. One that is there already says the same, and counts: this server put it, and was killed.</summary>
    private async Task<string> CertifyAsync(PurgeTarget target, RecordedSession session, string? track, DateTimeOffset at, IReadOnlyList<DeletedTrack> tracks, string job, CancellationToken cancellation)
    {
        var row = await catalogue.Purges.AsNoTracking().SingleAsync(p => p.Id == target.Purge, cancellation);
        var signed = new DeletionCertificate(
            DeletionCertificate.FormatName, session.Id, row.Reason, tracks, at, track, row.Reason == DeletionReason.Expired ? await PolicyOfAsync(session, cancellation) : null, row.BeganAt,
            new(row.Objects, row.Versions, row.DeleteMarkers, row.Uploads, row.Bytes, row.First, row.Last),
            new(session.Location, session.Region, target.Prefix, at, 0, 0, 0), new(job, $"{row.Id}", Node), await KeysOfAsync(session.Id, track, cancellation)).Sign(server);
        var name = DeletionCertificate.ObjectName(session.Id, track);
        if (await target.Store.PutOnceAsync(name, Encoding.ASCII.GetBytes(signed), cancellation)) { return signed; }

        var there = Encoding.ASCII.GetString(await target.Store.GetAsync(name, DeletionCertificate.SizeLimit, cancellation) ?? throw new ObjectStoreException($"'{name}' is there, and is not."));
        var (_, signer) = DeletionCertificate.Verify(there, session.Id, track);
        return signer.Thumbprint == server.Public.Thumbprint ? there : throw new TrackAlteredException($"'{name}' is there already, and is not signed by this server.");
    }

    /// <summary>What the audit trail says of a certificate: where it lies, and its digest.</summary>
    internal static string InWords(Guid session, string? track, string certificate) =>
        $"{DeletionCertificate.ObjectName(session, track)} sha-256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(certificate)))}";

    internal void Record(Guid session, string action, string detail) =>
        catalogue.Audit.Add(new() { At = clock.GetUtcNow(), Actor = "server", Action = action, Session = session, Outcome = "allowed", Detail = detail });

    private static string WhatOf(PurgeProgress row) => row.Track is { } track ? $"track {track}: " : "";
}

/// <summary>How far a purge came.</summary>
public enum PurgeOutcome
{
    /// <summary>It is kept, or not over yet.</summary>
    NotDue,

    /// <summary>A legal hold keeps it, or what is left of it.</summary>
    Held,

    /// <summary>The bucket's Object Lock keeps some of it: it is tried again when the lock ends.</summary>
    Locked,

    /// <summary>Somebody else is at it.</summary>
    Running,

    /// <summary>Keys and objects are gone; the certificate follows when the last upload address has expired.</summary>
    Destroyed,

    /// <summary>Certified.</summary>
    Purged,
}
