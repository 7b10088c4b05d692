using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Breaches;
using SecureRecorder.RetentionJobs.Tests.Findings;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.RetentionJobs.Tests.Breaches;

/// <summary>The clock of a breach is heard before it stops.</summary>
public sealed class RemindOfBreachesTests : IDisposable
{
    private readonly FindingsScene scene = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task Somebody_is_told_24_and_6_hours_before_the_deadline_and_when_it_is_over_once_each()
    {
        await OpenAsync();
        await PassAsync(TimeSpan.FromHours(47));
        Assert.Empty(await scene.AlertsAsync());
        await PassAsync(TimeSpan.FromHours(1));
        await PassAsync(TimeSpan.FromHours(17));
        Assert.Single(await scene.AlertsAsync());
        await PassAsync(TimeSpan.FromHours(1));
        await PassAsync(TimeSpan.FromHours(6));
        await PassAsync(TimeSpan.FromDays(6));

        Assert.Equal(
            ["Breach: less than 24 hours to notify the authority", "Breach: less than 6 hours to notify the authority", "Breach: the time to notify the authority is over"],
            (await scene.AlertsAsync()).Select(alert => alert.Title));
        Assert.Equal(3, (await scene.TrailAsync("breach.reminded")).Count);
    }

    [Fact]
    public async Task Who_was_not_running_for_a_while_tells_how_it_is_now_and_not_what_was()
    {
        await OpenAsync();
        await PassAsync(TimeSpan.FromHours(70));
        Assert.Equal("Breach: less than 6 hours to notify the authority", Assert.Single(await scene.AlertsAsync()).Title);
    }

    [Theory]
    [InlineData(BreachState.Assessed, false, false, 0)]
    [InlineData(BreachState.Assessed, true, false, 1)]
    [InlineData(BreachState.Notified, true, true, 0)]
    [InlineData(BreachState.Closed, false, false, 0)]
    public async Task Nobody_is_reminded_of_what_is_done(BreachState state, bool risk, bool notified, int alerts)
    {
        await OpenAsync(breach => (breach.State, breach.Risk, breach.NotifiedAt) = (state, risk, notified ? scene.Clock.GetUtcNow() : null));
        await PassAsync(TimeSpan.FromHours(60));
        Assert.Equal(alerts, (await scene.AlertsAsync()).Count);
    }

    private Task OpenAsync(Action<Breach>? change = null) => scene.ReadAsync(async db =>
    {
        var breach = new Breach { Id = Guid.NewGuid(), Location = "main", Bucket = "bucket", OpenedAt = scene.Clock.GetUtcNow(), Found = "public-list (acl)" };
        change?.Invoke(breach);
        db.Breaches.Add(breach);
        return await db.SaveChangesAsync();
    });

    private async Task PassAsync(TimeSpan time)
    {
        scene.Clock.Advance(time);
        await scene.ReadAsync(async db =>
        {
            await new RemindOfBreaches(db, scene.Queue, new(), scene.Clock).RunAsync(Cancellation);
            return 0;
        });
    }
}
