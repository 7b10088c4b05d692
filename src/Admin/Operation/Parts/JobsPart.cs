using SecureRecorder.Admin.Layout;
using SecureRecorder.Admin.Operation.Jobs;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Parts;

/// <summary>The scheduled jobs, wherever they run: whether each ran when it should, and whether it failed.</summary>
internal sealed class JobsPart(ReadJobs read, ThisNode node) : IServerPart
{
    /// <summary>Beside twice its interval, so long may a run take before it counts as missed.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>So long a run may go on before somebody should look at it.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromHours(6);

    public string Name => "Jobs";

    public async Task<PartHealth> LookAsync(CancellationToken cancellation)
    {
        var view = await read.RunAsync(job: null, cancellation);
        var (failed, late, endless) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (entry, last, _) in view.Jobs)
        {
            if (last.Over is { Outcome: JobOutcome.Failed }) { failed.Add(entry.Name); }
            if (last.Running is { } running) { if (view.Now - running.BeganAt > Long) { endless.Add(entry.Name); } }
            else if (view.Now - Latest(last.Over?.EndedAt, node.StartedAt) > entry.Every * 2 + Slack) { late.Add(entry.Name); }
        }

        (string, string)[] facts = [.. view.Jobs.Select(job => (job.Entry.Name, FactOf(job.Last, view.Now)))];
        return !view.HasRunner ? PartHealth.Of(Name, PartState.Broken, "No server runs jobs. Start one whose setting Server:Roles has 'jobs'.", facts)
            : failed.Count > 0 ? PartHealth.Of(Name, PartState.Broken, $"The last run failed of: {string.Join(", ", failed)}. It runs again by its schedule; why is at {JobEndpoints.Path} and in the server's log.", facts)
            : late.Count > 0 ? PartHealth.Of(Name, PartState.Broken, $"Not run in time: {string.Join(", ", late)}.", facts)
            : endless.Count > 0 ? PartHealth.Of(Name, PartState.Warning, $"Running for hours: {string.Join(", ", endless)}.", facts)
            : PartHealth.Of(Name, PartState.Fine, "Each ran when it should, and did what it should.", facts);
    }

    private static string FactOf(LastRun last, DateTimeOffset now) =>
        last.Running is { } running ? $"runs, for {Words.Duration((now - running.BeganAt).TotalSeconds)}"
        : last.Over is not { EndedAt: { } ended } over ? "has not run yet"
        : $"{(over.Outcome is JobOutcome.Failed ? "failed" : "done")} {Words.Duration((now - ended).TotalSeconds)} ago, in {JobWords.Took(over)}";

    /// <summary>While no server was there, nothing could run.</summary>
    private static DateTimeOffset Latest(DateTimeOffset? ended, DateTimeOffset started) => ended > started ? ended.Value : started;
}
