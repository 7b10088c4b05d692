using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Operation.Jobs;

/// <summary>What the page of jobs shows.</summary>
/// <param name="Runs">Those that did something, failed or were stopped, the newest first.</param>
/// <param name="Of">The one job whose runs are shown; null: those of all.</param>
public sealed record JobsView(IReadOnlyList<JobView> Jobs, IReadOnlyList<JobRun> Runs, IReadOnlyList<ServerNode> Servers, JobEntry? Of, DateTimeOffset Now)
{
    /// <summary>Whether something runs, or waits for it: the page follows it by itself.</summary>
    public bool IsMoving => Jobs.Any(job => job.Last.Running is not null || job.Last.IsAsked);

    public int Failed => Jobs.Count(job => job.Last.Over is { Outcome: JobOutcome.Failed });

    /// <summary>Whether any process runs jobs.</summary>
    public bool HasRunner => Servers.Any(server => server.Jobs);

    public string TitleOf(string job) => Jobs.FirstOrDefault(one => one.Entry.Name == job)?.Entry.Title ?? job;
}

/// <param name="Next">Null: not known, or nobody runs it.</param>
public sealed record JobView(JobEntry Entry, LastRun Last, DateTimeOffset? Next);

/// <summary>Reads it.</summary>
internal sealed partial class ReadJobs(CatalogueDb catalogue, LastRuns last, IReadOnlyList<JobEntry> schedule, IJobEngine engine, TimeProvider clock, ILogger<ReadJobs> log)
{
    private const int Shown = 50;

    public async Task<JobsView> RunAsync(string? job, CancellationToken cancellation)
    {
        var (now, of) = (clock.GetUtcNow(), schedule.FirstOrDefault(entry => entry.Name == job));
        var alive = now - ServerNode.Patience;
        var servers = await catalogue.ServerNodes.AsNoTracking().Where(server => server.SeenAt >= alive).OrderBy(server => server.StartedAt).ToListAsync(cancellation);
        var (lasts, next) = (await last.ReadAsync(cancellation), await NextAsync(cancellation));
        var runs = catalogue.JobRuns.AsNoTracking().Where(run => run.Outcome == JobOutcome.Done || run.Outcome == JobOutcome.Failed || run.Outcome == JobOutcome.Stopped);
        if (of is not null) { runs = runs.Where(run => run.Job == of.Name); }
        return new(
            [.. schedule.Select(entry => new JobView(entry, lasts.GetValueOrDefault(entry.Name, LastRun.None), servers.Exists(server => server.Jobs) && next.TryGetValue(entry.Name, out var at) ? at : null))],
            await runs.OrderByDescending(run => run.BeganAt).Take(Shown).ToListAsync(cancellation),
            servers, of, now);
    }

    /// <summary>The page is there for whoever looks why jobs do not run: it is shown also when the engine does not answer.</summary>
    private async Task<IReadOnlyDictionary<string, DateTimeOffset>> NextAsync(CancellationToken cancellation)
    {
        try
        {
            return await engine.NextRunsAsync(cancellation);
        }
        catch (Exception failed) when (!cancellation.IsCancellationRequested)
        {
            LogNotKnown(failed);
            return new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        }
    }

    [LoggerMessage(2017, LogLevel.Warning, "It could not be found out when jobs run next")]
    private partial void LogNotKnown(Exception failed);
}
