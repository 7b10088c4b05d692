using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>Opens a replay for a viewer and a purpose. The attempt is in the audit trail, whatever comes of it, before a byte is sent.</summary>
internal sealed class OpenReplay(CatalogueDb catalogue, IOptions<ReplayOptions> options, TimeProvider clock)
{
    public async Task<Outcome> RunAsync(Guid session, string viewer, string? purpose, CancellationToken cancellation)
    {
        var recorded = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).SingleOrDefaultAsync(s => s.Id == session, cancellation);
        if (recorded is null) { return new Outcome.NotFound(); }

        var chosen = options.Value.Purposes.FirstOrDefault(known => known == purpose);
        var entitled = ReplayEntitlements.Allow(viewer, recorded);
        var now = clock.GetUtcNow();
        catalogue.Audit.Add(new AuditRow
        {
            At = now,
            Actor = viewer,
            Action = "replay.open",
            Session = session,
            Outcome = entitled && chosen is not null ? "allowed" : "refused",
            Detail = chosen ?? "a purpose that is not on the list",
        });
        ReplayGrant? grant = null;
        if (entitled && chosen is not null)
        {
            grant = new()
            {
                Id = Guid.CreateVersion7(now),
                Session = session,
                Viewer = viewer,
                Purpose = chosen,
                GrantedAt = now,
                ExpiresAt = now.AddMinutes(options.Value.GrantMinutes),
            };
            catalogue.ReplayGrants.Add(grant);
        }

        await catalogue.SaveChangesAsync(cancellation); // no audit row, no replay
        return (entitled, chosen, grant) switch
        {
            (false, _, _) => new Outcome.NotFound(), // a stranger does not learn that it exists
            (_, null, _) => new Outcome.UnknownPurpose(options.Value.Purposes),
            _ => new Outcome.Opened(grant!.Id),
        };
    }

    internal abstract record Outcome
    {
        private Outcome() { }
        internal sealed record Opened(Guid Grant) : Outcome;
        internal sealed record UnknownPurpose(IReadOnlyList<string> Known) : Outcome;
        internal sealed record NotFound : Outcome;
    }
}
