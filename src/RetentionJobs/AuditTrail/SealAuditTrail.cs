using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Audit;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Recording;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.RetentionJobs.AuditTrail;

/// <summary>Writes signed checkpoints of the audit trail into the bucket, with its rows sealed beside them.</summary>
/// <remarks>
/// Idempotent: killed at any point, the next run finds out from the bucket how far it came. Of two servers at once one writes the checkpoint; what the
/// other sealed for it is named by no checkpoint and part of nothing. It signs no row that is not chained to the last checkpoint.
/// </remarks>
/// <param name="signers">Whose checkpoints are continued; null: the server's own alone.</param>
public sealed class SealAuditTrail(CatalogueDb catalogue, KnownLocations locations, SigningKey server, JobReport report, TimeProvider clock, TrackSigners? signers = null) : IScheduledJob
{
    /// <summary>So long after the last checkpoint the next one is due, if there is a row for it.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>With so many rows it is due at once.</summary>
    public const int DueRows = 1000;

    private const string Cursor = "checkpoint";

    public Task RunAsync(CancellationToken cancellation) => RunAsync(isStopping: false, cancellation);

    /// <param name="isStopping">The server stops: whatever there is gets its checkpoint.</param>
    /// <exception cref="TrackAlteredException">The trail in the catalogue is not the one that the bucket's last checkpoint signed: nothing more is signed.</exception>
    public async Task RunAsync(bool isStopping, CancellationToken cancellation)
    {
        var cursor = await catalogue.AuditCursors.AsNoTracking().SingleOrDefaultAsync(c => c.Name == Cursor, cancellation);
        var last = await LastAsync(cursor?.Number ?? 0, cancellation);
        if (last is null && cursor is { Number: > 0 }) { throw new TrackAlteredException($"Checkpoint {cursor.Number - 1} of the audit trail is not in the bucket any more."); }

        while (await IsDueAsync(last, isStopping, cancellation))
        {
            var from = last?.Checkpoint.Last ?? 0;
            last = await WriteAsync(last, cancellation);
            report.Did("checkpoint", "written");
            report.Did("row", "signed", (int)(last.Checkpoint.Last - from));
        }

        if (last is { } done && done.Checkpoint.Number + 1 != cursor?.Number) { await RememberAsync(done.Checkpoint, cancellation); }
    }

    /// <summary>The last checkpoint in the bucket, from the one on that is known to have been the last.</summary>
    private async Task<Written?> LastAsync(long known, CancellationToken cancellation)
    {
        Written? last = null;
        for (var number = Math.Max(0, known - 1); await locations.Main.Store.GetAsync(AuditCheckpoint.ObjectName(number), AuditCheckpoint.SizeLimit, cancellation) is { } content; number++)
        {
            var jws = Encoding.ASCII.GetString(content);
            var checkpoint = AuditCheckpoint.Verify(jws, number, signers?.Servers ?? [server.Public.Thumbprint]);
            last = new(checkpoint, AuditCheckpoint.DigestOf(jws));
        }

        return last;
    }

    private async Task<bool> IsDueAsync(Written? last, bool isStopping, CancellationToken cancellation)
    {
        var from = last?.Checkpoint.Last ?? 0;
        var highest = await catalogue.Audit.MaxAsync(row => (long?)row.Id, cancellation) ?? 0;
        if (highest < from) { throw new TrackAlteredException($"The audit trail ends with row {highest}; checkpoint {last!.Checkpoint.Number} has row {from}."); }
        if (highest == from) { return false; }

        return isStopping || highest - from >= DueRows || clock.GetUtcNow() - (last?.Checkpoint.At ?? DateTimeOffset.MinValue) >= Interval;
    }

    private async Task<Written> WriteAsync(Written? last, CancellationToken cancellation)
    {
        var from = last?.Checkpoint.Last ?? 0;
        var rows = await catalogue.Audit.AsNoTracking().Where(row => row.Id >= from).OrderBy(row => row.Id).Take(AuditCheckpoint.MaximumRows + 1).ToListAsync(cancellation);
        var previous = AuditChain.Start.ToArray();
        if (last is not null)
        {
            previous = last.Checkpoint.HashOf(from);
            if (rows is not [var signed, ..] || signed.Id != from || !signed.Hash.AsSpan().SequenceEqual(previous)) { throw new TrackAlteredException($"Row {from} of the audit trail is not the one that checkpoint {last.Checkpoint.Number} signed."); }
            rows.RemoveAt(0);
        }

        rows = [.. rows.Take(AuditCheckpoint.MaximumRows)];
        var hashes = new List<byte>(rows.Count * AuditChain.HashLength);
        foreach (var row in rows)
        {
            var hash = AuditChain.HashOf(previous, ++from, row.Salt, row);
            if (row.Id != from || !hash.AsSpan().SequenceEqual(row.Hash)) { throw new TrackAlteredException($"Row {from} of the audit trail was changed, removed or moved: no checkpoint is signed over it."); }
            hashes.AddRange(previous = hash);
        }

        var text = System.Buffers.Text.Base64Url.EncodeToString([.. hashes]);
        var number = last is null ? 0 : last.Checkpoint.Number + 1;
        var checkpoint = new AuditCheckpoint(
            AuditCheckpoint.FormatName, number, last?.Digest ?? "", rows[0].Id, rows[^1].Id, rows.Count, System.Buffers.Text.Base64Url.EncodeToString(previous), text,
            clock.GetUtcNow(), await SealAsync(rows, previous, cancellation));
        var jws = checkpoint.Sign(server);
        await locations.Main.Store.PutOnceAsync(AuditCheckpoint.ObjectName(number), Encoding.ASCII.GetBytes(jws), cancellation);

        // Somebody else's where another server was faster; it goes on from the same rows.
        return await LastAsync(number, cancellation) is { } written && written.Checkpoint.Number >= number
            ? written
            : throw new ObjectStoreException($"Checkpoint {number} of the audit trail was put, and is not there.");
    }

    private async Task<SealedAuditRows> SealAsync(List<AuditRow> rows, byte[] head, CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        using var writer = new TrackWriter(id, AuditCheckpoint.Track, head, locations.Main.Kek.PublicKey, server);
        var written = writer.Seal([.. rows.SelectMany(row => AuditLine.Of(row).ToUtf8())], 0, 0, key: true);
        await locations.Main.Store.PutOnceAsync(AuditCheckpoint.KeyObject(id), writer.KeyFile, cancellation);
        await locations.Main.Store.PutOnceAsync(AuditCheckpoint.RowsObject(id), written.Content, cancellation);
        return new(id, written.Entry.Size, written.Entry.Sha256);
    }

    private async Task RememberAsync(AuditCheckpoint last, CancellationToken cancellation)
    {
        var cursor = await catalogue.AuditCursors.SingleOrDefaultAsync(c => c.Name == Cursor, cancellation);
        if (cursor is null) { catalogue.AuditCursors.Add(cursor = new() { Name = Cursor }); }
        (cursor.Sequence, cursor.Number) = (last.Last, last.Number + 1);
        await catalogue.SaveChangesAsync(cancellation);
    }

    private sealed record Written(AuditCheckpoint Checkpoint, string Digest);
}
