using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Admin.Access;

/// <summary>How often passwords and codes of an account may be tried. A try is taken before anything is compared, so that many at once are no more than one after the other.</summary>
/// <remarks>A browser that has signed in before has tries of its own: strangers who use up the account's lock themselves out, and not its owner.</remarks>
internal sealed class Tries(AccountsDb accounts, TimeProvider clock)
{
    public const int Limit = 5;
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);

    /// <summary>Takes a try; false: there is none left until the lock-out is over.</summary>
    /// <param name="device">The account's own browser that this one is, if any.</param>
    public async Task<bool> TakeAsync(string account, Guid? device, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var until = now + (long)Lockout.TotalMilliseconds;
        var taken = device is null
            ? await accounts.Users.Where(a => a.Id == account && a.LockedUntil <= now).ExecuteUpdateAsync(row => row
                .SetProperty(a => a.LockedUntil, a => a.AccessFailedCount + 1 >= Limit ? until : 0)
                .SetProperty(a => a.AccessFailedCount, a => a.AccessFailedCount + 1 >= Limit ? 0 : a.AccessFailedCount + 1), cancellation)
            : await accounts.KnownDevices.Where(d => d.Id == device && d.LockedUntil <= now).ExecuteUpdateAsync(row => row
                .SetProperty(d => d.LockedUntil, d => d.Failures + 1 >= Limit ? until : 0)
                .SetProperty(d => d.Failures, d => d.Failures + 1 >= Limit ? 0 : d.Failures + 1), cancellation);
        return taken == 1;
    }

    /// <summary>It was right: earlier failures count no more. Those of strangers go on to count for strangers.</summary>
    public Task ClearAsync(string account, Guid? device, CancellationToken cancellation) => device is null
        ? accounts.Users.Where(a => a.Id == account).ExecuteUpdateAsync(row => row.SetProperty(a => a.AccessFailedCount, 0).SetProperty(a => a.LockedUntil, 0), cancellation)
        : accounts.KnownDevices.Where(d => d.Id == device).ExecuteUpdateAsync(row => row.SetProperty(d => d.Failures, 0).SetProperty(d => d.LockedUntil, 0), cancellation);
}
