using System.Collections.Concurrent;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>The last run of each job in this process, for who operates it.</summary>
public sealed class JobRuns
{
    private readonly ConcurrentDictionary<string, JobRun> last = new(StringComparer.Ordinal);

    /// <summary>Null: it has not run since the process started.</summary>
    public JobRun? Of(string job) => last.GetValueOrDefault(job);

    internal void Ended(string job, JobRun run) => last[job] = run;
}

/// <summary>A run that is over; why it failed is in the log.</summary>
public sealed record JobRun(DateTimeOffset EndedAt, TimeSpan Took, bool Failed);
