using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Keys.Expiry;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.RetentionJobs.Expiry;

/// <summary>Makes the keys of the months in which what is recorded now will expire: a vault that is away then keeps nobody from recording.</summary>
public sealed class MakeComingKeys(CatalogueDb catalogue, TimeProvider clock)
{
    /// <summary>Keys are made so long before they are needed.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(28);

    /// <exception cref="SecureRecorder.Storage.Keys.KeyServiceException">The vault does not make one now.</exception>
    public async Task RunAsync(Location location, CancellationToken cancellation)
    {
        if (!location.KeysExpire || location.IsClosed) { return; } // nothing new comes; what is kept longer makes the keys that it needs

        var now = clock.GetUtcNow();
        var rules = (await catalogue.NewestPoliciesAsync(cancellation)).SelectMany(policy => (RetentionRule[])[policy.Of(RetentionPart.Screen), policy.Of(RetentionPart.Chat)]);
        DateTimeOffset[] dates = [.. rules.Select(rule => rule.Until(RetentionDates.DayOf(now), now)).OfType<DateTimeOffset>()];
        foreach (var month in dates.SelectMany(date => (ExpiryMonth[])[ExpiryMonth.Of(date), ExpiryMonth.Of(date + Ahead)]).Distinct().Order()) { await location.Months.ForAsync(month, cancellation); }
    }
}
