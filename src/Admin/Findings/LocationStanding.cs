using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Findings;

/// <summary>What the catalogue keeps of a location: the last look, whoever made it and whenever, and what followed.</summary>
/// <param name="Look">Null: nobody ever looked.</param>
/// <param name="Findings">Those that are open, the worst first.</param>
/// <param name="Breaches">Those whose record is open.</param>
/// <param name="Steps">What the server did in the last of them.</param>
/// <param name="Keys">The last time that its key was another one; null: nobody looked yet.</param>
public sealed record LocationStanding(KeptLook? Look, IReadOnlyList<KeptFinding> Findings, IReadOnlyList<Breach> Breaches, IReadOnlyList<BreachStep> Steps, KeyPass? Keys)
{
    private const int Shown = 200;

    internal static async Task<LocationStanding> ReadAsync(CatalogueDb catalogue, string location, CancellationToken cancellation)
    {
        var findings = await catalogue.Findings.AsNoTracking().Where(f => f.Location == location && f.ClosedAt == null).OrderBy(f => f.FirstSeenAt).Take(Shown).ToListAsync(cancellation);
        var breaches = await catalogue.Breaches.AsNoTracking().Where(b => b.Location == location && b.State != BreachState.Closed).OrderByDescending(b => b.OpenedAt).Take(Shown).ToListAsync(cancellation);
        Guid? last = breaches.Count == 0 ? null : breaches[0].Id;
        return new(
            await catalogue.Looks.AsNoTracking().SingleOrDefaultAsync(l => l.Location == location, cancellation),
            [.. findings.OrderByDescending(f => f.Severity).ThenBy(f => f.Rule, StringComparer.Ordinal).ThenBy(f => f.Subject, StringComparer.Ordinal)],
            breaches,
            last is null ? [] : await catalogue.BreachSteps.AsNoTracking().Where(s => s.Breach == last).OrderBy(s => s.At).ThenBy(s => s.Id).ToListAsync(cancellation),
            await catalogue.KeyPasses.AsNoTracking().Where(p => p.Location == location).OrderByDescending(p => p.BeganAt).FirstOrDefaultAsync(cancellation));
    }
}
