using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>Holds as their page shows them: what each keeps now, and what a purge had destroyed before it.</summary>
internal sealed class ListHolds(CatalogueDb catalogue, AccountsDb accounts, LiftHold lift, TimeProvider clock)
{
    /// <summary>Beyond that, sessions are not counted: the page says “more than”.</summary>
    public const int CountLimit = 100_000;

    private const int Most = 200;
    private const int MostLifted = 50;
    private const int MostInterrupted = 20;

    /// <summary>Those in force, the next review first; then those that were lifted, the last one first.</summary>
    public async Task<ShownHolds> RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var teams = await accounts.Teams.AsNoTracking().OrderBy(team => team.Name).ToListAsync(cancellation);
        var names = teams.ToDictionary(team => team.Id, team => team.Name);
        List<ShownHold> shown = [];
        foreach (var hold in await catalogue.Holds.AsNoTracking().InForce().OrderBy(h => h.ReviewAt).Take(Most).ToListAsync(cancellation))
        {
            shown.Add(new(hold, HoldText.Scope(hold, names), await CountAsync(hold, cancellation), hold.ReviewAt <= now, lift.IsAsked(hold), await InterruptedAsync(hold, cancellation)));
        }

        var lifted = await catalogue.Holds.AsNoTracking().Where(h => h.LiftedAt != null).OrderByDescending(h => h.LiftedAt).Take(MostLifted).ToListAsync(cancellation);
        var people = await accounts.Users.AsNoTracking().Where(account => account.DisabledAt == null).OrderBy(account => account.NormalizedUserName).ToListAsync(cancellation);
        var labels = await catalogue.Labels.AsNoTracking().OrderBy(label => label.NormalizedName).ToListAsync(cancellation);
        return new(shown, [.. lifted.Select(hold => new ShownHold(hold, HoldText.Scope(hold, names), 0, false, false, []))], teams, labels, people, now);
    }

    /// <summary>Sessions of which anything is, or may still be, stored.</summary>
    private Task<int> CountAsync(LegalHold hold, CancellationToken cancellation) => catalogue.Sessions.CoveredBy(hold)
        .Where(s => s.State != SessionState.Purged && s.State != SessionState.Declined && s.State != SessionState.Expired)
        .Take(CountLimit + 1).CountAsync(cancellation);

    private Task<List<PurgeProgress>> InterruptedAsync(LegalHold hold, CancellationToken cancellation)
    {
        var covered = catalogue.Sessions.CoveredBy(hold);
        return catalogue.Purges.AsNoTracking().Where(p => p.EndedAt == null && p.HeldSince != null && covered.Any(s => s.Id == p.Session)).OrderBy(p => p.HeldSince).Take(MostInterrupted).ToListAsync(cancellation);
    }
}

/// <summary>What the page of holds shows, and what a new one can be made of.</summary>
public sealed record ShownHolds(
    IReadOnlyList<ShownHold> InForce, IReadOnlyList<ShownHold> Lifted, IReadOnlyList<Team> Teams, IReadOnlyList<SessionLabel> Labels, IReadOnlyList<Account> People, DateTimeOffset Now);

/// <summary>A hold in words.</summary>
/// <param name="Scope">Which sessions.</param>
/// <param name="Count">How many of them there are now, up to one more than <see cref="ListHolds.CountLimit"/>.</param>
/// <param name="IsAsked">Whether a second person can confirm that it is lifted.</param>
/// <param name="Interrupted">Purges that had begun before it: what they had destroyed is gone, the rest is kept.</param>
public sealed record ShownHold(LegalHold Hold, string Scope, int Count, bool IsOverdue, bool IsAsked, IReadOnlyList<PurgeProgress> Interrupted);
