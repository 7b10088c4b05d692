using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Scheduling;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Recovery;

/// <summary>Closes sessions that nobody joined, and notices that nobody answered: silence is a decline.</summary>
public sealed class ExpireInvitations(CatalogueDb catalogue, TimeProvider clock) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await catalogue.Sessions
            .Where(s => (s.State == SessionState.Invited && s.CodeExpiresAt < now) || (s.State == SessionState.AwaitingConsent && s.DecideUntil < now))
            .ExecuteUpdateAsync(s => s
                .SetProperty(p => p.State, SessionState.Expired)
                .SetProperty(p => p.CodeHash, Array.Empty<byte>())
                .SetProperty(p => p.EndedAt, now)
                .SetProperty(p => p.Version, p => p.Version + 1), cancellation);
    }
}
