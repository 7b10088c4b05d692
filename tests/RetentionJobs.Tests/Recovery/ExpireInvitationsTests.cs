using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;
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

    [Fact]
    public async Task One_who_joins_later_and_stays_silent_keeps_the_recording_paused()
    {
        var id = await AddAsync(SessionState.Paused, joined: clock.GetUtcNow());
        await AddSecondAsync(id);
        clock.Advance(TimeToDecide + TimeSpan.FromSeconds(1));
        await RunAsync();
        var session = await catalogue.ReadAsync(id);
        Assert.Equal((SessionState.Paused, GapReason.AwaitingConsent), (session.State, session.PausedBecause));
        await using var db = catalogue.Open();
        Assert.Equal(ParticipantState.Silent, (await db.Participants.SingleAsync(p => p.Session == id && p.Name == "p2")).State);
    }

    [Fact]
    public async Task A_second_one_who_still_reads_keeps_an_invitation_alive()
    {
        var id = await AddAsync(SessionState.AwaitingConsent, joined: clock.GetUtcNow());
        clock.Advance(TimeSpan.FromMinutes(5));
        await AddSecondAsync(id);
        clock.Advance(TimeSpan.FromMinutes(6));
        await RunAsync();
        Assert.Equal(SessionState.AwaitingConsent, (await catalogue.ReadAsync(id)).State);
        clock.Advance(TimeSpan.FromMinutes(5));
        await RunAsync();
        Assert.Equal(SessionState.Expired, (await catalogue.ReadAsync(id)).State);
    }

    private async Task AddSecondAsync(Guid id)
    {
        await using var db = catalogue.Open();
        var (session, now) = (await db.Sessions.SingleAsync(s => s.Id == id), clock.GetUtcNow());
        db.Participants.Add(new() { Session = session.Id, Name = "p2", State = ParticipantState.Deciding, JoinedAt = now, DecideUntil = now + TimeToDecide });
        await db.SaveChangesAsync();
    }

    private async Task<Guid> AddAsync(SessionState state, DateTimeOffset? joined)
    {
        var now = clock.GetUtcNow();
        await using var db = catalogue.Open();
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(now), Technician = "tina", CreatedAt = now, State = state, CodeHash = [1, 2, 3],
            CodeExpiresAt = now.AddMinutes(10), Region = WrittenSession.Region,
            ConsentAt = state is SessionState.Invited or SessionState.AwaitingConsent ? null : now,
        };
        session.Participants.Add(new()
        {
            Session = session.Id, Name = Participant.First, CodeHash = [1, 2, 3], CodeExpiresAt = now.AddMinutes(10), JoinedAt = joined, DecideUntil = joined + TimeToDecide,
            State = joined is null ? ParticipantState.Invited : state is SessionState.AwaitingConsent ? ParticipantState.Deciding : ParticipantState.Allowed,
        });
        db.Sessions.Add(session);
        await db.SaveChangesAsync();
        return session.Id;
    }

    private async Task RunAsync()
    {
        await using var db = catalogue.Open();
        await new ExpireInvitations(db, new(), clock, NullLogger<ExpireInvitations>.Instance).RunAsync(default);
    }
}
