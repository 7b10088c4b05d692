using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Where each job stands: its last run that is over, and the one that runs or waits.</summary>
public sealed class LastRuns(CatalogueDb catalogue)
{
    public async Task<IReadOnlyDictionary<string, LastRun>> ReadAsync(CancellationToken cancellation)
    {
        var open = await catalogue.JobRuns.AsNoTracking().Where(run => run.EndedAt == null).OrderBy(run => run.BeganAt).ToListAsync(cancellation);
        var over = await catalogue.JobRuns.AsNoTracking()
            .Where(run => run.EndedAt != null && !catalogue.JobRuns.Any(later => later.Job == run.Job && later.EndedAt != null && later.BeganAt > run.BeganAt)).ToListAsync(cancellation);
        return open.Concat(over).GroupBy(run => run.Job, StringComparer.Ordinal).ToDictionary(
            job => job.Key,
            job => new LastRun(job.LastOrDefault(run => run.EndedAt is not null), job.FirstOrDefault(run => run.Outcome is JobOutcome.Running), job.Any(run => run.Outcome is JobOutcome.Waiting)),
            StringComparer.Ordinal);
    }
}

/// <param name="Over">Null: none is over yet.</param>
/// <param name="Running">Null: it does not run.</param>
/// <param name="IsAsked">Whether somebody waits for a run that has not begun.</param>
public sealed record LastRun(JobRun? Over, JobRun? Running, bool IsAsked)
{
    public static readonly LastRun None = new(null, null, false);
}
