using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.RetentionJobs.Exports;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Which job runs how often: the one place that says so.</summary>
public static class JobSchedule
{
    public static readonly IReadOnlyList<JobEntry> Entries =
    [
        new("check-posture", typeof(CheckPosture), TimeSpan.FromHours(1)),
        new("expire-exports", typeof(ExpireExports), TimeSpan.FromSeconds(15)),
        new("expire-invitations", typeof(ExpireInvitations), TimeSpan.FromSeconds(15)),
        new("finish-abandoned-sessions", typeof(FinishAbandonedSessions), TimeSpan.FromSeconds(15)),
        new("purge-expired", typeof(PurgeExpired), TimeSpan.FromMinutes(1)),
        new("seal-audit-trail", typeof(SealAuditTrail), TimeSpan.FromSeconds(15)), // looks whether a checkpoint is due
    ];
}

/// <summary>One line of the schedule.</summary>
public sealed record JobEntry(string Name, Type Job, TimeSpan Every);

/// <summary>A job: idempotent, in bounded batches, and ignorant of the engine that runs it.</summary>
public interface IScheduledJob
{
    Task RunAsync(CancellationToken cancellation);
}
