using System.Text;
using System.Text.Json;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The track that the server writes: pairs of a receipt and its countersignature with the notice's text. The first pair opened the session. Its manifest is signed when the session ends.</summary>
/// <remarks>Source: FORMAT.md §4. What is put and not committed was never acknowledged, and is removed by the next try.</remarks>
internal sealed class ConsentTrack(SigningKey server)
{
    public const string MediaType = "application/jose";

    /// <summary>Segments of one receipt: itself and its countersignature.</summary>
    private const int Pair = 2;

    private const long ObjectLimit = 1 << 20;

    /// <summary>Seals and puts a receipt and its countersignature: the first ones with the track's key, later ones after those that are committed.</summary>
    /// <param name="wraps">What the key of a new track is wrapped for; null: something is committed, and it has one.</param>
    /// <param name="committed">What is committed, from the first; empty: nobody has allowed it yet.</param>
    /// <returns>What is to be committed: the new segments, and the checkpoint over all.</returns>
    /// <exception cref="ObjectStoreException">The store did not take it: there is no consent.</exception>
    /// <exception cref="TrackUnreadableException">The track's key is gone.</exception>
    public async Task<WrittenConsent> WriteAsync(Location at, WrappingKey? wraps, Guid session, IReadOnlyList<ManifestSegment> committed, ConsentProof proof, CancellationToken cancellation)
    {
        await RemoveUncommittedAsync(at, session, committed.Count, cancellation);
        using var writer = committed.Count == 0 ? await BeginAsync(at, wraps!.Key, session, cancellation) : await TakeUpAsync(at, session, committed, cancellation);
        SealedSegment? last = null;
        foreach (var jws in new[] { proof.Receipt, proof.Countersignature })
        {
            last = writer.Seal(Encoding.ASCII.GetBytes(jws), start: 0, duration: 0, key: true);
            await PutAsync(at, session, last.Name, last.Content, cancellation);
        }

        return new([.. writer.Segments.Skip(committed.Count)], SegmentChain.Over(session, TrackName.Consent, writer.Segments).Text, last!.Checkpoint, wraps?.ExpiryKey);
    }

    /// <summary>Reads a receipt and its countersignature back.</summary>
    /// <param name="digest">Of the receipt (FORMAT.md §4).</param>
    /// <exception cref="TrackUnreadableException">The track, its key, or that receipt is gone.</exception>
    /// <exception cref="SegmentAlteredException">A segment is not what was sealed.</exception>
    public async Task<ConsentProof> ReadAsync(Location at, Guid session, byte[] digest, CancellationToken cancellation)
    {
        using var key = await KeyAsync(at, session, await GetAsync(at, session, TrackObjects.KeyFile, cancellation), cancellation);
        for (var index = 0; ; index += Pair)
        {
            var receipt = await OpenAsync(at, session, key, index, cancellation);
            if (ConsentReceipt.DigestOf(receipt).AsSpan().SequenceEqual(digest)) { return new(receipt, await OpenAsync(at, session, key, index + 1, cancellation)); }
        }
    }

    private async Task<TrackWriter> BeginAsync(Location at, KekPublicKey wraps, Guid session, CancellationToken cancellation)
    {
        var writer = new TrackWriter(session, TrackName.Consent, [], wraps, server);
        await PutAsync(at, session, TrackObjects.KeyFile, writer.KeyFile, cancellation);
        return writer;
    }

    private async Task<TrackWriter> TakeUpAsync(Location at, Guid session, IReadOnlyList<ManifestSegment> committed, CancellationToken cancellation)
    {
        var keyFile = await GetAsync(at, session, TrackObjects.KeyFile, cancellation);
        var key = await KeyAsync(at, session, keyFile, cancellation);
        return TrackWriter.Resume(session, TrackName.Consent, [], key, keyFile, committed, server);
    }

    private async Task<DataKey> KeyAsync(Location at, Guid session, byte[] keyFile, CancellationToken cancellation)
    {
        var file = JsonSerializer.Deserialize(keyFile, FormatJson.Default.KeyFile) ?? throw new TrackAlteredException($"The key file of the consent track of session {session} is empty.");
        return await at.Keys.UnwrapAsync(file, cancellation);
    }

    private async Task<string> OpenAsync(Location at, Guid session, DataKey key, long index, CancellationToken cancellation)
    {
        var content = await GetAsync(at, session, TrackObjects.SegmentName(index), cancellation);
        return Encoding.ASCII.GetString(SegmentOpener.Open(key, new SegmentContext(session, TrackName.Consent, index, default), content));
    }

    private async Task<byte[]> GetAsync(Location at, Guid session, string name, CancellationToken cancellation) =>
        await at.Store.GetAsync(TrackObjects.NameOf(session, TrackName.Consent, name), ObjectLimit, cancellation)
            ?? throw new TrackUnreadableException($"'{name}' of the consent track of session {session} is gone.");

    private async Task PutAsync(Location at, Guid session, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var full = TrackObjects.NameOf(session, TrackName.Consent, name);
        if (await at.Store.PutOnceAsync(full, content, cancellation)) { return; }

        // After a lost answer the object is there and is ours; anything else is somebody else's.
        var there = await at.Store.GetAsync(full, ObjectLimit, cancellation);
        if (there is null || !content.Span.SequenceEqual(there)) { throw new ObjectStoreException($"'{full}' exists already with another content.", ObjectStoreFault.Rejected); }
    }

    /// <summary>Removes segments from the first that was not committed on; all of the track where nothing was.</summary>
    public async Task RemoveUncommittedAsync(Location at, Guid session, long committed, CancellationToken cancellation)
    {
        var left = new List<ObjectVersion>();
        await foreach (var version in at.Store.ListVersionsAsync(TrackObjects.Prefix(session, TrackName.Consent), cancellation))
        {
            if (committed == 0 || (TrackObjects.TryParseSegment(version.Name, out var index) && index >= committed)) { left.Add(version); }
        }

        if (left.Count == 0) { return; }

        var failed = await at.Store.DeleteAsync(left, cancellation);
        if (failed.Count > 0) { throw new ObjectStoreException($"'{failed[0].Version.Name}' of a consent that was never acknowledged could not be removed: {failed[0].Reason}"); }
    }
}

/// <summary>Segments that are new, the chain's head over all of the track (base64url), and the server's checkpoint over it (base64url).</summary>
/// <param name="ExpiryKey">The month's key that a new track's key is wrapped for; null: the location's own.</param>
internal sealed record WrittenConsent(IReadOnlyList<ManifestSegment> Added, string Chain, string Checkpoint, Guid? ExpiryKey);
