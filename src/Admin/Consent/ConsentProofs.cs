using System.Buffers.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Live;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Consent;

/// <summary>Receipts and countersignatures of a session: from memory, or, after a restart, opened from the bucket. They lie nowhere else.</summary>
internal sealed class ConsentProofs(ConsentTrack track, LiveSessions live, KnownLocations locations, IDbContextFactory<CatalogueDb> catalogues)
{
    /// <param name="digest">Of the receipt (FORMAT.md §4), as the catalogue has it; null: it is erased.</param>
    public async Task<ConsentProof> ReadAsync(Guid session, byte[]? digest, CancellationToken cancellation)
    {
        if (digest is null) { throw new TrackUnreadableException($"There is no such consent of session {session} any more."); }

        var (living, name) = (live.Of(session), Base64Url.EncodeToString(digest));
        if (living.Proofs.TryGetValue(name, out var known)) { return known; }

        await using var catalogue = await catalogues.CreateDbContextAsync(cancellation);
        return living.Proofs[name] = await track.ReadAsync(await locations.OfSessionAsync(catalogue, session, cancellation), session, digest, cancellation);
    }
}
