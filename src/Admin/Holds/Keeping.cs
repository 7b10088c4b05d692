using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>What keeps a session, or what is left of it, beyond its date; and what keeps backups of what was deleted from being opened.</summary>
/// <param name="IsHeld">Whether a legal hold is in force.</param>
/// <param name="Purges">Purges that have begun and are not done: of all of it, or of a track.</param>
/// <param name="Months">The months' keys for which what was deleted of it was wrapped: with each of them goes what backups hold.</param>
public sealed record Keeping(bool IsHeld, IReadOnlyList<PurgeProgress> Purges, IReadOnlyList<ExpiryKey> Months)
{
    /// <summary>That of the whole session.</summary>
    public PurgeProgress? Whole => Purges.FirstOrDefault(purge => purge.Track is null);

    internal static async Task<Keeping> OfAsync(CatalogueDb catalogue, Guid session, CancellationToken cancellation) => new(
        await catalogue.IsHeldAsync(session, cancellation),
        await catalogue.Purges.AsNoTracking().Where(p => p.Session == session && p.EndedAt == null).ToListAsync(cancellation),
        await catalogue.ExpiryKeys.AsNoTracking().Where(k => catalogue.Tracks.Any(t => t.Session == session && t.ExpiryKey == k.Id
            && (t.PurgeBeganAt != null || catalogue.Sessions.Any(s => s.Id == session && (s.State == SessionState.Purging || s.State == SessionState.Purged))))).OrderBy(k => k.Month).ToListAsync(cancellation));
}
