using System.Globalization;
using SecureRecorder.Admin.Layout;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.RetentionJobs.Scheduling;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The scheduled jobs of this process: whether each ran when it should, and whether it failed.</summary>
internal sealed class JobsPart(JobRuns runs, ServerStart start, TimeProvider clock) : IServerPart
{
    /// <summary>Beside twice its interval, so long may a run take before it counts as missed.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    public string Name => "Jobs";

    public Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var (now, failed, late, facts) = (clock.GetUtcNow(), new List<string>(), new List<string>(), new List<(string, string)>());
        foreach (var entry in JobSchedule.Entries)
        {
            var run = runs.Of(entry.Name);
            if (run is { Failed: true }) { failed.Add(entry.Name); }
            if (now - (run?.EndedAt ?? start.At) > entry.Every * 2 + Slack) { late.Add(entry.Name); }
            facts.Add((entry.Name, run is null
                ? "has not run yet"
                : string.Create(CultureInfo.InvariantCulture, $"{(run.Failed ? "failed" : "done")} {Words.Duration((now - run.EndedAt).TotalSeconds)} ago, in {run.Took.TotalMilliseconds:0} ms")));
        }

        return Task.FromResult(
            failed.Count > 0 ? PartHealth.Of(Name, PartState.Broken, $"The last run failed of: {string.Join(", ", failed)}. It runs again by its schedule; the reason is in the server's log.", [.. facts])
            : late.Count > 0 ? PartHealth.Of(Name, PartState.Broken, $"Not run in time: {string.Join(", ", late)}.", [.. facts])
            : PartHealth.Of(Name, PartState.Fine, "Each ran when it should, and did what it should.", [.. facts]));
    }
}
