using System.Text;
using System.Text.Json;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>The track that the server writes: segment 0 is the receipt, segment 1 the countersignature with the notice's text. Its manifest is signed when the session ends.</summary>
internal sealed class ConsentTrack(IObjectStore store, IKeyWrapper kek, SigningKey server)
{
    public const string MediaType = "application/jose";
    private const long ObjectLimit = 1 << 20;

    /// <summary>Seals and puts the track. Left-overs of a try that failed before it was acknowledged are removed first.</summary>
    /// <exception cref="ObjectStoreException">The store did not take it: there is no consent yet.</exception>
    public async Task<WrittenConsent> WriteAsync(Guid session, ConsentProof proof, CancellationToken cancellation)
    {
        await RemoveLeftOversAsync(session, cancellation);
        using var writer = new TrackWriter(session, TrackName.Consent, [], kek.PublicKey, server);
        await PutAsync(session, TrackObjects.KeyFile, writer.KeyFile, cancellation);
        SealedSegment? last = null;
        foreach (var jws in new[] { proof.Receipt, proof.Countersignature })
        {
            last = writer.Seal(Encoding.ASCII.GetBytes(jws), start: 0, duration: 0, key: true);
            await PutAsync(session, last.Name, last.Content, cancellation);
        }

        return new([.. writer.Segments], last!.Checkpoint);
    }

    /// <summary>Reads both back, after a restart.</summary>
    /// <exception cref="TrackUnreadableException">The track, or its key, is gone.</exception>
    /// <exception cref="SegmentAlteredException">A segment is not what was sealed.</exception>
    public async Task<ConsentProof> ReadAsync(Guid session, CancellationToken cancellation)
    {
        var bytes = await GetAsync(session, TrackObjects.KeyFile, cancellation);
        var file = JsonSerializer.Deserialize(bytes, FormatJson.Default.KeyFile) ?? throw new TrackAlteredException($"The key file of the consent track of session {session} is empty.");
        using var key = await kek.UnwrapAsync(file, cancellation);
        return new(await OpenAsync(session, key, 0, cancellation), await OpenAsync(session, key, 1, cancellation));
    }

    private async Task<string> OpenAsync(Guid session, DataKey key, long index, CancellationToken cancellation)
    {
        var content = await GetAsync(session, TrackObjects.SegmentName(index), cancellation);
        return Encoding.ASCII.GetString(SegmentOpener.Open(key, new SegmentContext(session, TrackName.Consent, index, default), content));
    }

    private async Task<byte[]> GetAsync(Guid session, string name, CancellationToken cancellation) =>
        await store.GetAsync(TrackObjects.NameOf(session, TrackName.Consent, name), ObjectLimit, cancellation)
            ?? throw new TrackUnreadableException($"'{name}' of the consent track of session {session} is gone.");

    private async Task PutAsync(Guid session, string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var full = TrackObjects.NameOf(session, TrackName.Consent, name);
        if (await store.PutOnceAsync(full, content, cancellation)) { return; }

        // After a lost answer the object is there and is ours; anything else is somebody else's.
        var there = await store.GetAsync(full, ObjectLimit, cancellation);
        if (there is null || !content.Span.SequenceEqual(there)) { throw new ObjectStoreException($"'{full}' exists already with another content.", ObjectStoreFault.Rejected); }
    }

    private async Task RemoveLeftOversAsync(Guid session, CancellationToken cancellation)
    {
        var left = new List<ObjectVersion>();
        await foreach (var version in store.ListVersionsAsync(TrackObjects.Prefix(session, TrackName.Consent), cancellation)) { left.Add(version); }
        if (left.Count == 0) { return; }

        var failed = await store.DeleteAsync(left, cancellation);
        if (failed.Count > 0) { throw new ObjectStoreException($"'{failed[0].Version.Name}' of a consent that was never acknowledged could not be removed: {failed[0].Reason}"); }
    }
}

/// <summary>The consent track's entries, and the server's checkpoint over them (base64url).</summary>
internal sealed record WrittenConsent(IReadOnlyList<ManifestSegment> Segments, string Checkpoint);
