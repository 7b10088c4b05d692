using SecureRecorder.RetentionJobs.AuditTrail;
using SecureRecorder.RetentionJobs.Breaches;
using SecureRecorder.RetentionJobs.Expiry;
using SecureRecorder.RetentionJobs.Exports;
using SecureRecorder.RetentionJobs.Moving;
using SecureRecorder.RetentionJobs.Orphans;
using SecureRecorder.RetentionJobs.Posture;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.RetentionJobs.Regions;
using SecureRecorder.RetentionJobs.Retention;
using SecureRecorder.RetentionJobs.Rewrap;
using SecureRecorder.RetentionJobs.Verification;

namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>Which job runs how often: the one place that says so.</summary>
/// <remarks>What is changed here is in force when a server starts. A name is for ever: runs are kept under it.</remarks>
public static class JobSchedule
{
    public static readonly IReadOnlyList<JobEntry> Entries =
    [
        new("check-posture", typeof(CheckPosture), TimeSpan.FromHours(1), "Check whether the bucket is safe"),
        new("check-regions", typeof(CheckRegions), TimeSpan.FromHours(6), "Compare locations and recordings with the regions they must be in"),
        new("delete-orphans", typeof(DeleteOrphans), TimeSpan.FromMinutes(1), "Delete objects that belong to no recording, where an admin said so"),
        new(DestroyExpiredKeys.Name, typeof(DestroyExpiredKeys), TimeSpan.FromHours(1), "Destroy the keys of months that are over, and wrap what is kept longer for later ones"),
        new("expire-exports", typeof(ExpireExports), TimeSpan.FromSeconds(15), "Destroy exports whose time is over"),
        new("expire-invitations", typeof(ExpireInvitations), TimeSpan.FromSeconds(15), "Close sessions that nobody joined or answered"),
        new("finish-abandoned-sessions", typeof(FinishAbandonedSessions), TimeSpan.FromSeconds(15), "Finish sessions whose recorder never came back"),
        new("find-orphans", typeof(FindOrphans), TimeSpan.FromDays(1), "Find objects without a recording, and recordings without objects"),
        new("move-recordings", typeof(MoveRecordings), TimeSpan.FromMinutes(1), "Move recordings to another location of their region"),
        new("purge-expired", typeof(PurgeExpired), TimeSpan.FromMinutes(1), "Delete recordings whose time is over"),
        new("reapply-policies", typeof(ReapplyPolicies), TimeSpan.FromSeconds(15), "Apply retention policies to what is recorded already"),
        new("remind-of-breaches", typeof(RemindOfBreaches), TimeSpan.FromMinutes(1), "Tell of breaches whose 72 hours run out"),
        new("rewrap-keys", typeof(RewrapKeys), TimeSpan.FromMinutes(1), "Wrap data keys anew where a key encryption key was rotated"),
        new("seal-audit-trail", typeof(SealAuditTrail), TimeSpan.FromSeconds(15), "Sign the audit trail when a checkpoint is due"),
        new("trim-job-runs", typeof(TrimJobRuns), TimeSpan.FromHours(1), "Forget old runs of jobs"),
        new("verify-sample", typeof(VerifySample), TimeSpan.FromDays(1), "Read some recordings back and check digests, chains and signatures"),
    ];
}

/// <summary>One line of the schedule.</summary>
/// <param name="Title">What it is for, to whoever reads the page of jobs.</param>
public sealed record JobEntry(string Name, Type Job, TimeSpan Every, string Title);

/// <summary>A job: idempotent, in bounded batches, and ignorant of the engine that runs it. What it did it says to the <see cref="JobReport"/> of its scope.</summary>
public interface IScheduledJob
{
    Task RunAsync(CancellationToken cancellation);
}
