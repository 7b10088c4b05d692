using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Locations;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Admin.Overview;

/// <summary>What an org admin looks at every day: whether recordings are safe, what came and went, what goes next, and what waits for somebody.</summary>
internal sealed class ReadOverview(CatalogueDb catalogue, KnownLocations known, LocationGates gates, NextDeletions next, LastRuns runs, TimeProvider clock)
{
    private const int Days = 30;
    private const int DaysAhead = 7;
    private const int Findings = 20;

    /// <summary>Sessions that are deleted now were recorded too.</summary>
    private static readonly SessionState[] WereRecorded = [SessionState.Recorded, SessionState.Partial, SessionState.Purging, SessionState.Purged];

    public async Task<ShownOverview> RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var today = RetentionDates.DayOf(now);
        var open = await catalogue.Findings.AsNoTracking().Where(f => f.ClosedAt == null && f.Severity != FindingSeverity.Low).OrderByDescending(f => f.FirstSeenAt).Take(Findings * 10).ToListAsync(cancellation);
        var ahead = await next.DaysAsync(today, today + DaysAhead, cancellation);
        var due = await next.ListAsync(null, now, null, 1, cancellation);
        return new(
            now,
            await LocationsAsync(cancellation),
            [.. open.OrderByDescending(f => f.Severity).ThenBy(f => f.FirstSeenAt).Take(Findings)],
            open.Count,
            await catalogue.Breaches.AsNoTracking().Where(b => b.State != BreachState.Closed).OrderBy(b => b.OpenedAt).ToListAsync(cancellation),
            await DaysAsync(today, cancellation),
            [.. Enumerable.Range(0, DaysAhead).Select(day => ahead.GetValueOrDefault(today + day) ?? new DeletionDay(today + day, 0, 0, 0))],
            due.Count == 0 ? null : due[0].At,
            await catalogue.Holds.InForce().CountAsync(cancellation),
            await ReviewsAsync(now, cancellation),
            [.. (await runs.ReadAsync(cancellation)).Values.Select(run => run.Over).OfType<JobRun>().Where(run => run.Outcome is JobOutcome.Failed).OrderBy(run => run.Job, StringComparer.Ordinal)]);
    }

    private async Task<IReadOnlyList<LocationState>> LocationsAsync(CancellationToken cancellation)
    {
        var looks = await catalogue.Looks.AsNoTracking().ToDictionaryAsync(look => look.Location, cancellation);
        var states = new List<LocationState>();
        foreach (var location in known.All)
        {
            var gate = await gates.Of(location).LookedAsync(cancellation);
            states.Add(new(location.Name, location.Region, gate.Refusal, looks.GetValueOrDefault(location.Name)?.At ?? gate.At, location.IsClosed, IsUnknown: gate is { Refusal: not null, Finding: null }));
        }

        states.AddRange(known.OutOfReach.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => new LocationState(each.Key, "", each.Value, null, false, IsUnknown: true)));
        return states;
    }

    /// <summary>Ids begin with the time (UUID version 7): the last days are at the end of the table.</summary>
    private async Task<IReadOnlyList<DayOfWork>> DaysAsync(long today, CancellationToken cancellation)
    {
        var first = today - Days + 1;
        var from = RetentionDates.BeginningOf(first);
        var fromId = new Guid($"{from.ToUnixTimeMilliseconds():x12}{new string('0', 20)}");
        var recorded = await catalogue.Sessions.AsNoTracking().Where(s => s.Id >= fromId && WereRecorded.Contains(s.State) && s.ConsentAt != null).GroupBy(s => RetentionDates.DayOf(s.CreatedAt)).Select(day => new { day.Key, Count = day.Count() }).ToDictionaryAsync(day => day.Key, day => day.Count, cancellation);
        var deleted = await catalogue.Purges.AsNoTracking().Where(p => p.Track == null && p.EndedAt >= from).GroupBy(p => RetentionDates.DayOf(p.EndedAt!.Value)).Select(day => new { day.Key, Count = day.Count() }).ToDictionaryAsync(day => day.Key, day => day.Count, cancellation);
        return [.. Enumerable.Range(0, Days).Select(day => new DayOfWork(first + day, recorded.GetValueOrDefault(first + day), deleted.GetValueOrDefault(first + day)))];
    }

    /// <summary>Holds, and rules without a date, that somebody must look at again.</summary>
    private async Task<IReadOnlyList<string>> ReviewsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var soon = now.AddDays(DaysAhead);
        var holds = await catalogue.Holds.InForce().AsNoTracking().Where(h => h.ReviewAt < soon).OrderBy(h => h.ReviewAt).Select(h => h.ReviewAt).ToListAsync(cancellation);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var rules = (await catalogue.NewestPoliciesAsync(cancellation)).Where(policy => !policy.FollowsOrganization).SelectMany(policy => policy.Rules).Where(rule => rule.Keep is RetentionKind.Indefinite && rule.ReviewOn < today.AddDays(DaysAhead));
        return
        [
            .. holds.Select(at => $"A legal hold, {(at <= now ? "due since" : "due on")} {Layout.Words.Day(at)}"),
            .. rules.Select(rule => $"A retention policy that keeps the {rule.Part.ToString().ToLowerInvariant()} without a date, due on {rule.ReviewOn:d MMMM yyyy}"),
        ];
    }
}

/// <summary>What the overview shows.</summary>
/// <param name="Findings">The worst first, low ones left out.</param>
/// <param name="AllFindings">How many there are of them.</param>
/// <param name="Work">The last days, the oldest first.</param>
/// <param name="Ahead">The next days, today first.</param>
/// <param name="OldestDue">Since when something is due and not deleted; null: nothing is.</param>
/// <param name="Reviews">What is to be looked at again, in words.</param>
/// <param name="Failed">Last runs of jobs that failed.</param>
public sealed record ShownOverview(
    DateTimeOffset Now, IReadOnlyList<LocationState> Locations, IReadOnlyList<KeptFinding> Findings, int AllFindings, IReadOnlyList<Breach> Breaches, IReadOnlyList<DayOfWork> Work,
    IReadOnlyList<DeletionDay> Ahead, DateTimeOffset? OldestDue, int Holds, IReadOnlyList<string> Reviews, IReadOnlyList<JobRun> Failed);

/// <param name="Refusal">Why nothing is recorded there; null: recordings may go there.</param>
/// <param name="LookedAt">Null: nobody could.</param>
/// <param name="IsUnknown">Whether it could not be told.</param>
public sealed record LocationState(string Name, string Region, string? Refusal, DateTimeOffset? LookedAt, bool IsClosed, bool IsUnknown);

/// <summary>Recordings of a day (since 1970-01-01, UTC).</summary>
public sealed record DayOfWork(long Day, int Recorded, int Deleted);
