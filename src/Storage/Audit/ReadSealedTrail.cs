using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Storage.Audit;

/// <summary>Reads the audit trail back from the bucket with the KEK, as far as its checkpoints reach: what is left of it when the catalogue is lost.</summary>
/// <param name="signers">Thumbprints of the server's keys; empty: whoever signed the first checkpoint must have signed all of them.</param>
/// <remarks>Source: FORMAT.md §10.</remarks>
public sealed class ReadSealedTrail(IObjectStore store, IKeyWrapper kek, IReadOnlyCollection<string> signers)
{
    private const long RowsLimit = 64 << 20;
    private const long KeyLimit = 64 << 10;

    private readonly List<PublicSigningKey> _keys = [];
    private string _before = "";

    /// <summary>The last checkpoint that was read; null: none.</summary>
    public AuditCheckpoint? Last { get; private set; }

    /// <summary>Who signed the checkpoints that were read, in the order of their first one.</summary>
    public IReadOnlyList<PublicSigningKey> Keys => _keys;

    /// <summary>The rows of one checkpoint after the other, each checked against the chain. Never more than one checkpoint's are in memory.</summary>
    /// <exception cref="TrackAlteredException">A checkpoint is missing, does not follow the one before, is signed by another key, or its rows are not those that it signed. What came before is sound.</exception>
    /// <exception cref="TrackUnreadableException">The rows' key is gone, or is wrapped for another KEK.</exception>
    /// <exception cref="ObjectStoreException">The store does not answer.</exception>
    public async IAsyncEnumerable<IReadOnlyList<AuditRow>> RowsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in store.ListAsync(AuditCheckpoint.Prefix, startAfter: null, cancellation))
        {
            if (found.Name.LastIndexOf('/') != AuditCheckpoint.Prefix.Length - 1 || !AuditCheckpoint.TryParse(found.Name, out var number)) { continue; }

            var content = await store.GetAsync(found.Name, AuditCheckpoint.SizeLimit, cancellation) ?? throw new TrackAlteredException($"Checkpoint {number} of the audit trail was removed while it was read.");
            var checkpoint = Follow(Encoding.ASCII.GetString(content), number);
            yield return await OpenAsync(checkpoint, cancellation);
            Last = checkpoint;
        }
    }

    private AuditCheckpoint Follow(string jws, long number)
    {
        var expected = (Last?.Number ?? -1) + 1;
        if (number != expected) { throw new TrackAlteredException($"Checkpoint {expected} of the audit trail is missing: {number} follows."); }

        var key = Jws.Verify(jws, AuditCheckpoint.JwsType).Key;
        var signer = key.Thumbprint;
        if (signers.Count > 0 ? !signers.Contains(signer) : _keys is [var first] && first != key) { throw new TrackAlteredException($"Checkpoint {number} of the audit trail is signed with the key '{signer}', which is not the server's."); }

        var checkpoint = AuditCheckpoint.Verify(jws, number, signer);
        if (checkpoint.Before != _before || checkpoint.First != (Last?.Last ?? 0) + 1) { throw new TrackAlteredException($"Checkpoint {number} of the audit trail does not follow the one before it."); }

        _before = AuditCheckpoint.DigestOf(jws);
        if (!_keys.Contains(key)) { _keys.Add(key); }
        return checkpoint;
    }

    private async Task<IReadOnlyList<AuditRow>> OpenAsync(AuditCheckpoint checkpoint, CancellationToken cancellation)
    {
        using var key = await UnwrapAsync(checkpoint, cancellation);
        var content = await store.GetAsync(AuditCheckpoint.RowsObject(checkpoint.Rows.Id), RowsLimit, cancellation)
            ?? throw new TrackUnreadableException($"The rows of checkpoint {checkpoint.Number} of the audit trail are gone.");
        if (content.Length != checkpoint.Rows.Size || Base64Url.EncodeToString(SHA256.HashData(content)) != checkpoint.Rows.Sha256) { throw Altered(checkpoint); }

        try
        {
            var lines = SegmentOpener.Open(key, new SegmentContext(checkpoint.Rows.Id, AuditCheckpoint.Track, 0, StrictBase64Url.Decode(checkpoint.Hash)), content);
            var rows = Read(lines).ToList();
            var previous = Last?.HashOf(Last.Last) ?? AuditChain.Start.ToArray();
            if (rows.Count != checkpoint.Count) { throw Altered(checkpoint); }
            foreach (var (row, sequence) in rows.Select((row, place) => (row, checkpoint.First + place)))
            {
                var hash = AuditChain.HashOf(previous, sequence, row.Salt, row);
                if (row.Id != sequence || !hash.AsSpan().SequenceEqual(row.Hash) || !previous.AsSpan().SequenceEqual(row.Previous) || !hash.AsSpan().SequenceEqual(checkpoint.HashOf(sequence))) { throw Altered(checkpoint); }
                previous = hash;
            }

            return rows;
        }
        catch (Exception malformed) when (malformed is SegmentAlteredException or JsonException or FormatException)
        {
            throw Altered(checkpoint, malformed);
        }
    }

    private async Task<DataKey> UnwrapAsync(AuditCheckpoint checkpoint, CancellationToken cancellation)
    {
        var bytes = await store.GetAsync(AuditCheckpoint.KeyObject(checkpoint.Rows.Id), KeyLimit, cancellation)
            ?? throw new TrackUnreadableException($"The key of the rows of checkpoint {checkpoint.Number} of the audit trail is gone.");
        try
        {
            var file = JsonSerializer.Deserialize(bytes, FormatJson.Default.KeyFile);
            return file is not null && file.Session == checkpoint.Rows.Id && file.Track == AuditCheckpoint.Track.Value ? await kek.UnwrapAsync(file, cancellation) : throw Altered(checkpoint);
        }
        catch (JsonException malformed)
        {
            throw Altered(checkpoint, malformed);
        }
        catch (KeyUnwrapException refused)
        {
            throw new TrackUnreadableException($"The rows of checkpoint {checkpoint.Number} of the audit trail are unreadable: {refused.Message}", refused);
        }
    }

    private static IEnumerable<AuditRow> Read(byte[] lines)
    {
        foreach (var line in Encoding.UTF8.GetString(lines).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var read = JsonSerializer.Deserialize(line, FormatJson.Default.AuditLine) ?? throw new JsonException("A row is null.");
            yield return new()
            {
                Id = read.Sequence, At = read.At, Actor = read.Actor, Action = read.Action, Session = read.Session, Outcome = read.Outcome, Detail = read.Detail, Address = read.Address,
                Salt = StrictBase64Url.Decode(read.Salt), Previous = StrictBase64Url.Decode(read.Previous), Hash = StrictBase64Url.Decode(read.Hash),
            };
        }
    }

    private static TrackAlteredException Altered(AuditCheckpoint checkpoint, Exception? inner = null) =>
        new($"The rows of checkpoint {checkpoint.Number} of the audit trail are not those that it signed.", inner!);
}
