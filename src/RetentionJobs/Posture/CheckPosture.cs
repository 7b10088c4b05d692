using SecureRecorder.RetentionJobs.Scheduling;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>Looks at the bucket, whether or not anybody records.</summary>
public sealed class CheckPosture(LastPosture last) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellation) => last.LookAsync(cancellation);
}
