using System.Security.Cryptography;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Storage.Audit;

/// <summary>Compares the audit trail with its own chain and with the checkpoints, and names the first row at which somebody touched it.</summary>
/// <remarks>
/// Within the checkpoints' reach every row is known by its hash. Behind the last checkpoint there is the chain alone: who has the file and computes
/// all hashes anew from some row on is not seen there, until the next checkpoint refuses.
/// </remarks>
public sealed class VerifyAuditTrail
{
    /// <summary>Rows around a wrong one that are looked at to tell what happened to it.</summary>
    private const int Window = 1000;

    private readonly AuditFile _file;
    private readonly IReadOnlyList<AuditCheckpoint> _checkpoints;
    private readonly Dictionary<long, byte[]> _window = [];
    private int _checkpoint;

    /// <param name="checkpoints">All of them, in order, each verified: <see cref="AuditCheckpoints"/>.</param>
    public VerifyAuditTrail(AuditFile file, IReadOnlyList<AuditCheckpoint> checkpoints) => (_file, _checkpoints) = (file, checkpoints);

    private long Reach => _checkpoints is [.., var last] ? last.Last : 0;

    public async Task<AuditFinding> RunAsync(CancellationToken cancellation)
    {
        var (expected, previous) = (1L, AuditChain.Start.ToArray());
        await foreach (var (sequence, row) in _file.RowsAsync(cancellation))
        {
            if (sequence != expected || row is null || !IsSound(row, expected, previous)) { return await ExplainAsync(expected, previous, cancellation); }

            (expected, previous) = (expected + 1, row.Hash!);
        }

        var rows = expected - 1;
        if (rows < Reach) { return new(expected, AuditTampering.Removed, $"The rows from {expected} to {Reach} were removed: checkpoint {CheckpointOf(expected)!.Number} has row {expected}."); }

        var (highest, source) = await _file.HighestKnownAsync(cancellation);
        return highest > rows
            ? new(expected, AuditTampering.Removed, $"The rows from {expected} to {highest} were removed: {source} knows row {highest}.")
            : new(rows, null, $"{rows} rows: the chain is whole, and {Math.Min(Reach, rows)} of them are as the {_checkpoints.Count} checkpoints say.");
    }

    /// <summary>Whether this row has this number, follows these rows, and is what its checkpoint says.</summary>
    private bool IsSound(AuditRow row, long sequence, byte[] previous) =>
        row.Previous.AsSpan().SequenceEqual(previous) && row.Hash.AsSpan().SequenceEqual(AuditChain.HashOf(previous, sequence, row.Salt, row))
        && (KnownHash(sequence) is not { } known || known.AsSpan().SequenceEqual(row.Hash));

    private async Task<AuditFinding> ExplainAsync(long bad, byte[] previous, CancellationToken cancellation)
    {
        var around = new Dictionary<long, AuditRow?>();
        await foreach (var (sequence, found) in _file.RowsAsync(cancellation))
        {
            if (sequence > bad + Window) { break; }
            if (sequence < 1 || sequence >= bad) { around[sequence] = found; }
        }

        if (around.Keys.Any(sequence => sequence < 1)) { return new(around.Keys.Min(), AuditTampering.Inserted, $"Row {around.Keys.Min()} was inserted: numbers begin with 1."); }

        // Where is the row that belongs here, and where does the row that is here belong?
        var isThere = around.TryGetValue(bad, out var row);
        var itsPlace = row is { } here ? Enumerable.Range(1, Window).Select(i => bad + i).FirstOrDefault(place => IsOriginally(here, place, previous)) : 0;
        var elsewhere = around.Where(other => other.Key > bad && other.Value is not null && IsOriginally(other.Value, bad, previous)).Select(other => other.Key).FirstOrDefault();
        if (!isThere)
        {
            return elsewhere > 0
                ? new(bad, AuditTampering.Reordered, $"Row {bad} was moved: it is now row {elsewhere}.")
                : new(bad, AuditTampering.Removed, $"Row {bad} was removed{(around.Count > 0 ? $": row {around.Keys.Min()} follows row {bad - 1}" : "")}.");
        }

        if (itsPlace > 0)
        {
            return elsewhere > 0
                ? new(bad, AuditTampering.Reordered, $"Row {bad} was moved: it is now row {elsewhere}, and row {itsPlace} is in its place.")
                : new(bad, AuditTampering.Removed, $"Row {bad} was removed: row {itsPlace} is in its place.");
        }

        // Behind the checkpoints a row may be wrong only because the one before it is not the one that it was made after.
        if (bad > 1 && KnownHash(bad - 1) is null && row is { } follower)
        {
            if (IsOriginally(follower, bad - 1, previous)) { return new(bad - 1, AuditTampering.Inserted, $"Row {bad - 1} was inserted: what was row {bad - 1} is now row {bad}."); }
            if (IsOriginally(follower, bad, previous)) { return new(bad - 1, AuditTampering.Changed, $"Row {bad - 1} was changed: row {bad} was made after another one."); }
        }

        return elsewhere > 0
            ? new(bad, AuditTampering.Inserted, $"Row {bad} was inserted: what was row {bad} is now row {elsewhere}.")
            : new(bad, AuditTampering.Changed, $"Row {bad} was changed: {Why(row, bad, previous)}");
    }

    private string Why(AuditRow? row, long sequence, byte[] previous) => row switch
    {
        null => "a part of it is of no kind that such a part has.",
        _ when CheckpointOf(sequence) is { } checkpoint && KnownHash(sequence) is { } known && !known.AsSpan().SequenceEqual(AuditChain.HashOf(previous, sequence, row.Salt, row)) => $"it does not have the hash that checkpoint {checkpoint.Number} of {checkpoint.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC has of it.",
        _ => "it does not have the hash that stands in it, or not the one that it must have after the rows before it.",
    };

    /// <summary>Whether this row was made as the one with this number: by a checkpoint, or by what stands in itself.</summary>
    private bool IsOriginally(AuditRow row, long sequence, byte[] previous)
    {
        var before = sequence == 1 ? AuditChain.Start.ToArray() : KnownHash(sequence - 1) ?? row.Previous!;
        return (KnownHash(sequence) is { } known && CryptographicOperations.FixedTimeEquals(AuditChain.HashOf(before, sequence, row.Salt, row), known))
            || (AuditChain.HashOf(row.Previous, sequence, row.Salt, row).AsSpan().SequenceEqual(row.Hash) && (sequence != 1 || row.Previous.AsSpan().SequenceEqual(previous)));
    }

    private AuditCheckpoint? CheckpointOf(long sequence)
    {
        if (sequence < 1 || sequence > Reach) { return null; }

        // Rows come in order: the checkpoint of the last one, or the next, is nearly always the one.
        while (_checkpoints[_checkpoint].First > sequence) { _checkpoint--; }
        while (_checkpoints[_checkpoint].Last < sequence) { _checkpoint++; }
        return _checkpoints[_checkpoint];
    }

    private byte[]? KnownHash(long sequence)
    {
        if (_window.TryGetValue(sequence, out var known)) { return known; }
        if (CheckpointOf(sequence) is not { } checkpoint) { return null; }
        if (_window.Count > 2 * AuditCheckpoint.MaximumRows) { _window.Clear(); }

        var hashes = Keys.StrictBase64Url.Decode(checkpoint.Hashes);
        for (var i = 0; i < checkpoint.Count; i++) { _window[checkpoint.First + i] = hashes.AsSpan(i * AuditChain.HashLength, AuditChain.HashLength).ToArray(); }
        return _window[sequence];
    }
}

/// <summary>What was found. <paramref name="Row"/>: the first row that is wrong, or the last one where <paramref name="Kind"/> is null: nothing is wrong.</summary>
public sealed record AuditFinding(long Row, AuditTampering? Kind, string Detail);

/// <summary>What somebody did to a row.</summary>
public enum AuditTampering
{
    Changed,
    Removed,
    Inserted,
    Reordered,
}
