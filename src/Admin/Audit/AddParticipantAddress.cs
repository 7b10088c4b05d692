using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Audit;

/// <summary>
/// The one place in which a recorded person's network address gets anywhere: into the audit rows of what they did, as far as the
/// policy allows. Accounts, recorders and the server itself get none.
/// </summary>
internal sealed class AddParticipantAddress(IOptions<ParticipantsOptions> options, IHttpContextAccessor requests) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (options.Value.NetworkAddresses is not AddressKeeping.NotStored && requests.HttpContext is { } http)
        {
            var address = KeptAddress.Of(http.Connection.RemoteIpAddress, options.Value.NetworkAddresses);
            foreach (var row in eventData.Context!.ChangeTracker.Entries<AuditRow>().Where(row => row.State is EntityState.Added && row.Entity.Actor == AuditActor.Participant))
            {
                row.Property(audited => audited.Address).CurrentValue = address;
            }
        }

        return new(result);
    }
}
