namespace SecureRecorder.RetentionJobs.Scheduling;

/// <summary>This process, among those that work on the same catalogue.</summary>
/// <param name="Name">Machine and process, for people.</param>
public sealed record ThisNode(Guid Id, string Name, DateTimeOffset StartedAt)
{
    internal static ThisNode Of(TimeProvider clock) => new(Guid.NewGuid(), $"{Environment.MachineName}/{Environment.ProcessId}", clock.GetUtcNow());
}
