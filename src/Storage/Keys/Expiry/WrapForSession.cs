using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Locations;

namespace SecureRecorder.Storage.Keys.Expiry;

/// <summary>Which key the tracks of a session are wrapped for while it is recorded.</summary>
public static class WrapForSession
{
    /// <summary>The location's own key; or, where its keys expire, that of the month in which this part expires by the policy that the notice shows, counted from the day on which the session was started: never a later month than the true one.</summary>
    /// <remarks>The same for everybody who asks, however often.</remarks>
    /// <inheritdoc cref="ExpiryKeys.ForAsync" path="/exception"/>
    public static async Task<WrappingKey> WrapsAsync(this Location location, CatalogueDb catalogue, RecordedSession session, RetentionPart part, CancellationToken cancellation)
    {
        if (!session.KeysExpire || await catalogue.PolicyAsync(session.Policy, cancellation) is not { } policy) { return location.OwnKey; }

        var until = policy.Of(part).Until(RetentionDates.DayOf(session.CreatedAt), session.CreatedAt);
        return await location.WrapsUntilAsync(until, session.CreatedAt, cancellation);
    }

    /// <summary>The same by the name of a track. What is kept as long as anything is at first kept as long as the screen.</summary>
    /// <inheritdoc cref="ExpiryKeys.ForAsync" path="/exception"/>
    public static Task<WrappingKey> WrapsAsync(this Location location, CatalogueDb catalogue, RecordedSession session, string track, CancellationToken cancellation) =>
        location.WrapsAsync(catalogue, session, RetentionDates.PartOf(track) ?? RetentionPart.Screen, cancellation);

    /// <summary>The key for what expires then: never one whose month is over.</summary>
    /// <param name="until">Null: it does not expire.</param>
    /// <inheritdoc cref="ExpiryKeys.ForAsync" path="/exception"/>
    public static async Task<WrappingKey> WrapsUntilAsync(this Location location, DateTimeOffset? until, DateTimeOffset now, CancellationToken cancellation) =>
        until is null ? location.OwnKey : await location.Months.ForAsync(ExpiryMonth.Of(until.Value).Or(ExpiryMonth.Of(now)), cancellation);
}
