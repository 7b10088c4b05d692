using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Recovery;

/// <summary>Silence is a decline.</summary>
public sealed class ExpireInvitationsTests : IDisposable
{
    private static readonly TimeSpan TimeToDecide = TimeSpan.FromMinutes(10);
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();

    public void Dispose() => catalogue.Dispose();

    [Fact]
    public async Task A_code_that_nobody_redeemed_in_time_expires_and_its_hash_is_gone()
    {
        var id = await AddAsync(SessionState.Invited, joined: null);
        await RunAsync();
        Assert.Equal(SessionState.Invited, (await catalogue.ReadAsync(id)).State);

        clock.Advance(TimeSpan.FromMinutes(11));
        await RunAsync();
        var expired = await catalogue.ReadAsync(id);
        Assert.Equal(SessionState.Expired, expired.State);
        Assert.Empty(expired.CodeHash);
    }

    [Fact]
    public async Task A_notice_that_nobody_answered_expires()
    {
        var id = await AddAsync(SessionState.AwaitingConsent, joined: clock.GetUtcNow());
        clock.Advance(TimeToDecide - TimeSpan.FromSeconds(1));
        await RunAsync();
        Assert.Equal(SessionState.AwaitingConsent, (await catalogue.ReadAsync(id)).State);

        clock.Advance(TimeSpan.FromSeconds(2));
        await RunAsync();
        Assert.Equal(SessionState.Expired, (await catalogue.ReadAsync(id)).State);
    }

    [Theory]
    [InlineData(SessionState.Recording)]
    [InlineData(SessionState.Ready)]
    [InlineData(SessionState.Recorded)]
    public async Task What_was_consented_to_never_expires_here(SessionState state)
    {
        var id = await AddAsync(state, joined: clock.GetUtcNow());
        clock.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Equal(state, (await catalogue.ReadAsync(id)).State);
    }

    private async Task<Guid> AddAsync(SessionState state, DateTimeOffset? joined)
    {
        var now = clock.GetUtcNow();
        await using var db = catalogue.Open();
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(now), Technician = "tina", CreatedAt = now, State = state, CodeHash = [1, 2, 3],
            CodeExpiresAt = now.AddMinutes(10), PersonJoinedAt = joined, DecideUntil = joined + TimeToDecide, Region = WrittenSession.Region,
        };
        db.Sessions.Add(session);
        await db.SaveChangesAsync();
        return session.Id;
    }

    private async Task RunAsync()
    {
        await using var db = catalogue.Open();
        await new ExpireInvitations(db, clock).RunAsync(default);
    }
}
