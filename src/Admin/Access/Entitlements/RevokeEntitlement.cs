using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>Takes a right to watch away: from the next request on, also in the middle of a replay. Who could have given it can take it away.</summary>
internal sealed class RevokeEntitlement(CatalogueDb catalogue, TimeProvider clock)
{
    /// <returns>Why not, in words; null: it is revoked.</returns>
    public Task<string?> RunAsync(Viewer actor, Guid id, CancellationToken cancellation) => catalogue.ChangeAsync(async () =>
    {
        var found = await catalogue.Entitlements.SingleOrDefaultAsync(e => e.Id == id, cancellation);
        var team = found?.ScopeSession is { } session ? await catalogue.Sessions.Where(s => s.Id == session).Select(s => s.Team).SingleOrDefaultAsync(cancellation) : found?.ScopeTeam;
        if (found is null || !actor.DecidesFor(team))
        {
            await catalogue.RecordAsync(clock, actor.UserName, "entitlement.revoked", null, AuditOutcome.Refused, found is null ? "no such right" : "not theirs to take away", cancellation);
            return "There is no such right.";
        }

        if (found.RevokedAt is not null) { return null; } // somebody was faster

        (found.RevokedAt, found.RevokedBy) = (clock.GetUtcNow(), actor.UserName);
        catalogue.Record(clock, actor.UserName, "entitlement.revoked", found.ScopeSession, AuditOutcome.Allowed, AuditText.Of(
            $"{found.Account ?? $"members of team {found.Team}"}: {EntitlementWords.Tracks(found.Video, found.Chat)} of {found.Scope switch { EntitlementScope.Team => $"team {found.ScopeTeam}", EntitlementScope.Label => $"label {found.ScopeLabel}", _ => "one session" }}"));
        await catalogue.SaveChangesAsync(cancellation);
        return null;
    });
}
