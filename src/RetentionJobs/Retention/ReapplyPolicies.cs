using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Retention;

/// <summary>Goes through the recordings to which an admin applied a version of a policy, and gives them the dates that follow (<see cref="Reapplication"/>).</summary>
/// <remarks>A batch, its place and its counts are saved together: killed at any point, it goes on where it was. What a legal hold keeps gets its date as well; the hold wins over it.</remarks>
public sealed partial class ReapplyPolicies(CatalogueDb catalogue, JobReport report, TimeProvider clock, ILogger<ReapplyPolicies> log) : IScheduledJob
{
    private const int Batch = 200;

    /// <summary>Batches of one run: others want to be scheduled too.</summary>
    private const int Batches = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var batch = 0; batch < Batches; batch++)
        {
            if (await catalogue.ChangeAsync(() => NextAsync(cancellation)) is not { } lookedAt) { return; }

            report.Did("recording", "looked at", lookedAt);
        }
    }

    /// <returns>How many recordings it looked at; null: there is nothing to do.</returns>
    private async Task<int?> NextAsync(CancellationToken cancellation)
    {
        var work = await catalogue.PolicyReapplications.Where(r => r.State == ReapplyState.Waiting || r.State == ReapplyState.Running).OrderBy(r => r.At).FirstOrDefaultAsync(cancellation);
        if (work is null) { return null; }

        var newest = await catalogue.NewestPolicyAsync(work.Team, cancellation);
        if (newest?.Id != work.Policy) { await EndAsync(work, ReapplyState.Overtaken, cancellation); return 0; }

        var wanted = newest.FollowsOrganization ? await catalogue.PolicyInForceAsync(team: null, cancellation) : newest;
        var sessions = catalogue.Sessions.GoingBy(work.Team, await catalogue.TeamsWithTheirOwnAsync(cancellation));
        if (work.After is { } after) { sessions = sessions.Where(s => s.Id > after); }
        var next = await sessions.OrderBy(s => s.Id).Include(s => s.Tracks).Take(Batch).ToListAsync(cancellation);
        if (next.Count == 0) { await EndAsync(work, ReapplyState.Done, cancellation); return 0; }

        await ApplyAsync(work, wanted, next, cancellation);
        work.State = ReapplyState.Running;
        work.After = next[^1].Id;
        work.LookedAt += next.Count;
        await catalogue.SaveChangesAsync(cancellation);
        return next.Count;
    }

    private async Task ApplyAsync(PolicyReapplication work, RetentionPolicy wanted, List<RecordedSession> sessions, CancellationToken cancellation)
    {
        var (now, shown) = (clock.GetUtcNow(), await ShownAsync(sessions, cancellation));
        foreach (var session in sessions.Where(session => session.KeepUntil is not { } until || until > now))
        {
            var before = session.KeepUntil;
            var change = Reapplication.Apply(session, session.Policy is { } policy ? shown.GetValueOrDefault(policy) : null, wanted, now);
            if (change.Shortened) { work.Shortened++; }
            if (change.Lengthened) { work.Lengthened++; }
            if (change.Promised) { work.Promised++; }
            if (change.AtMinimum) { work.AtMinimum++; }
            if (!change.Shortened && !change.Lengthened) { continue; }

            session.DatedBy = wanted.Id;
            Record(work.By, "retention.changed", session.Id, $"{Of(before)} becomes {Of(session.KeepUntil)}, by version {wanted.Version} of the policy");
        }
    }

    private async Task<Dictionary<int, RetentionPolicy>> ShownAsync(List<RecordedSession> sessions, CancellationToken cancellation)
    {
        int[] ids = [.. sessions.Where(session => session.Policy is not null).Select(session => session.Policy!.Value).Distinct()];
        return await catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).Where(policy => ids.Contains(policy.Id)).ToDictionaryAsync(policy => policy.Id, cancellation);
    }

    private async Task EndAsync(PolicyReapplication work, ReapplyState state, CancellationToken cancellation)
    {
        (work.State, work.EndedAt) = (state, clock.GetUtcNow());
        Record(work.By, "retention.reapplied", null, $"{state}: {work.LookedAt} sessions looked at, {work.Shortened} shortened, {work.Lengthened} lengthened, {work.Promised} not kept longer than shown, {work.AtMinimum} at their least");
        await catalogue.SaveChangesAsync(cancellation);
        Ended(log, work.Id, state, work.LookedAt);
    }

    private void Record(string actor, string action, Guid? session, string detail) =>
        catalogue.Audit.Add(new() { At = clock.GetUtcNow(), Actor = actor, Action = action, Session = session, Outcome = "allowed", Detail = detail });

    private static string Of(DateTimeOffset? until) => until is { } date ? $"{date.UtcDateTime:yyyy-MM-dd}" : "no date";

    [LoggerMessage(3201, LogLevel.Information, "The application {Application} of a retention policy ended ({State}) after {Sessions} sessions")]
    private static partial void Ended(ILogger log, Guid application, ReapplyState state, long sessions);
}
