using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Audit;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Has the newest version of a policy applied to the recordings that there are already: a job goes through them.</summary>
internal sealed class ReapplyPolicy(CatalogueDb catalogue, TimeProvider clock)
{
    /// <param name="version">The version that the account saw.</param>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> RunAsync(TeamPolicy policy, int? version, string account, CancellationToken cancellation)
    {
        if (policy.Newest is not { } newest || newest.Version != version) { return $"Version {policy.Newest?.Version ?? 0} is the newest one, not {version ?? 0}. Nothing was applied: look at what it would do first."; }

        await using var transaction = await catalogue.BeginWritingAsync(cancellation); // of two at once the later one sees the earlier one
        if (await catalogue.PolicyReapplications.AnyAsync(r => r.Team == policy.Team && (r.State == ReapplyState.Waiting || r.State == ReapplyState.Running), cancellation)) { return "It is being applied already. Wait until that is through."; }

        catalogue.PolicyReapplications.Add(new()
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()), Policy = newest.Id, Team = policy.Team, By = account, At = clock.GetUtcNow(),
            Sessions = await catalogue.Sessions.GoingBy(policy.Team, await catalogue.TeamsWithTheirOwnAsync(cancellation)).LongCountAsync(cancellation),
        });
        catalogue.Record(clock, account, "retention.reapply", null, AuditOutcome.Allowed, $"{policy.Name} version {newest.Version}");
        await catalogue.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }
}
