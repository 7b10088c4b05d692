namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>What runs the schedule, on this process or on others that share its database. One binding of it is compiled.</summary>
public interface IJobEngine
{
    /// <summary>Has a job run as soon as a process is free, beside its schedule. Asked again before it began, it runs once.</summary>
    Task RunNowAsync(string job, CancellationToken cancellation);

    /// <summary>When each job runs next, as far as the engine knows.</summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> NextRunsAsync(CancellationToken cancellation);
}

/// <summary>Where the engine keeps what is due: in the database of the catalogue.</summary>
/// <param name="IsPostgres">Otherwise it is SQLite's file.</param>
public sealed record JobStore(bool IsPostgres, string ConnectionString);
