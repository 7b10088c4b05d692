using System.Text;
using System.Text.Json;
using SecureRecorder.Storage.Keys;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;

namespace SecureRecorder.Storage.Tracks;

/// <summary>Opens tracks with nothing but the bucket and the KEK. Unreadable, incomplete and altered are told apart.</summary>
/// <remarks>Source: FORMAT.md §7.</remarks>
public sealed class TrackReader(IObjectStore store, IKeyWrapper kek)
{
    /// <summary>Bytes that a key file, manifest or segment may have before it is refused as not ours.</summary>
    private const long ObjectLimit = 64 << 20;

    /// <summary>Opens a track.</summary>
    /// <param name="consentDigest">From <see cref="ReadConsentAsync"/>; empty for the consent track.</param>
    /// <param name="signers">Thumbprints of the keys that may have signed the manifest; <see langword="null"/> where the catalogue that knows them is lost.</param>
    /// <param name="committed">Segments known from commits, used where there is no manifest yet.</param>
    /// <exception cref="TrackUnreadableException">The key is gone or does not unwrap.</exception>
    /// <exception cref="TrackAlteredException">The key file or the manifest is not what its writer made.</exception>
    /// <exception cref="ObjectStoreException">The store did not answer.</exception>
    /// <exception cref="KeyServiceException">The key vault does not unwrap now: whether the track can be read is not known.</exception>
    public async Task<OpenTrack> OpenAsync(
        Guid session, TrackName track, ReadOnlyMemory<byte> consentDigest, IReadOnlyCollection<string>? signers,
        IReadOnlyList<ManifestSegment>? committed, CancellationToken cancellation)
    {
        var key = await UnwrapAsync(session, track, cancellation);
        try
        {
            var (manifest, signer) = await ReadManifestAsync(session, track, signers, cancellation);
            if (manifest is not null) { RequireConsent(manifest, consentDigest); }
            return new OpenTrack(store, key, session, track, consentDigest.ToArray(), manifest, signer, manifest?.Segments ?? committed ?? []);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Reads and verifies the receipt that opened the session; its digest opens every other track.</summary>
    /// <exception cref="TrackUnreadableException">The consent track is gone: nothing of this session opens.</exception>
    /// <exception cref="TrackAlteredException">The receipt is not what the participant signed.</exception>
    public async Task<ReadConsent> ReadConsentAsync(Guid session, CancellationToken cancellation)
    {
        using var key = await UnwrapAsync(session, TrackName.Consent, cancellation);
        var sealedReceipt = await store.GetAsync(TrackObjects.Segment(session, TrackName.Consent, 0), ObjectLimit, cancellation)
            ?? throw new TrackUnreadableException($"Session {session} has no consent receipt: nothing of it opens.");
        try
        {
            var compact = Encoding.ASCII.GetString(OpenReceipt(key, session, sealedReceipt));
            var (receipt, deviceKey) = ConsentReceipt.Verify(compact, session);
            if (receipt.Decision != ConsentReceipt.Allow) { throw new TrackAlteredException($"The receipt that opens session {session} says '{receipt.Decision}'."); }
            return new(receipt, deviceKey, compact, ConsentReceipt.DigestOf(compact));
        }
        catch (SegmentAlteredException altered)
        {
            throw new TrackAlteredException(altered.Message, altered);
        }
    }

    private static byte[] OpenReceipt(DataKey key, Guid session, byte[] sealedReceipt) =>
        SegmentOpener.Open(key, new SegmentContext(session, TrackName.Consent, 0, default), sealedReceipt);

    private async Task<DataKey> UnwrapAsync(Guid session, TrackName track, CancellationToken cancellation)
    {
        var bytes = await store.GetAsync(TrackObjects.NameOf(session, track, TrackObjects.KeyFile), ObjectLimit, cancellation)
            ?? throw new TrackUnreadableException($"The key of track '{track}' of session {session} is gone: nobody can read it.");
        KeyFile? file;
        try
        {
            file = JsonSerializer.Deserialize(bytes, FormatJson.Default.KeyFile);
        }
        catch (JsonException malformed)
        {
            throw new TrackAlteredException($"The key file of track '{track}' of session {session} is not what FORMAT.md §2 says.", malformed);
        }

        if (file is not { Format: KeyFile.FormatName, Alg: not null, Kid: not null, EncryptedKey: not null } || file.Session != session || file.Track != track.Value)
        {
            throw new TrackAlteredException($"The key file of track '{track}' of session {session} belongs elsewhere: it names '{file?.Track}' of {file?.Session}.");
        }

        try
        {
            return await kek.UnwrapAsync(file, cancellation);
        }
        catch (KeyUnwrapException refused)
        {
            throw new TrackUnreadableException($"Track '{track}' of session {session} is unreadable: {refused.Message}", refused);
        }
    }

    private async Task<(Manifest? Manifest, PublicSigningKey? Signer)> ReadManifestAsync(Guid session, TrackName track, IReadOnlyCollection<string>? signers, CancellationToken cancellation)
    {
        var bytes = await store.GetAsync(TrackObjects.NameOf(session, track, TrackObjects.Manifest), ObjectLimit, cancellation);
        if (bytes is null) { return (null, null); }

        var (manifest, signer) = Manifest.Verify(Encoding.ASCII.GetString(bytes), session, track);
        return signers is null || signers.Contains(signer.Thumbprint)
            ? (manifest, signer)
            : throw new TrackAlteredException($"The manifest of track '{track}' of session {session} is signed by a key that is neither its recorder's nor the server's.");
    }

    private static void RequireConsent(Manifest manifest, ReadOnlyMemory<byte> consentDigest)
    {
        var expected = System.Buffers.Text.Base64Url.EncodeToString(consentDigest.Span);
        if (manifest.Consent != expected)
        {
            throw new TrackAlteredException($"The manifest of track '{manifest.Track}' of session {manifest.Session} names another consent receipt than the session's.");
        }
    }
}

/// <summary>The receipt that opened a session, verified, and the digest that binds every segment to it.</summary>
public sealed record ReadConsent(ConsentReceipt Receipt, PublicSigningKey DeviceKey, string CompactJws, byte[] Digest);
