using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>What keeps a session, or what is left of it, beyond its date.</summary>
/// <param name="IsHeld">Whether a legal hold is in force.</param>
/// <param name="Purges">Purges that have begun and are not done: of all of it, or of a track.</param>
public sealed record Keeping(bool IsHeld, IReadOnlyList<PurgeProgress> Purges)
{
    /// <summary>That of the whole session.</summary>
    public PurgeProgress? Whole => Purges.FirstOrDefault(purge => purge.Track is null);

    internal static async Task<Keeping> OfAsync(CatalogueDb catalogue, Guid session, CancellationToken cancellation) => new(
        await catalogue.IsHeldAsync(session, cancellation),
        await catalogue.Purges.AsNoTracking().Where(p => p.Session == session && p.EndedAt == null).ToListAsync(cancellation));
}
