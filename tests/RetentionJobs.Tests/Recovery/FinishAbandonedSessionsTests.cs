using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Recovery;

/// <summary>Sessions whose recorder never comes back are finished, and no others.</summary>
public sealed class FinishAbandonedSessionsTests : IAsyncLifetime
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private DateTimeOffset? start;
    private WrittenSession session = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        start = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(1));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(SessionState.Ready)]
    [InlineData(SessionState.Recording)]
    [InlineData(SessionState.Paused)]
    [InlineData(SessionState.Ending)]
    public async Task After_two_minutes_of_silence_a_session_is_finished(SessionState state)
    {
        await catalogue.AddAsync(session, clock.GetUtcNow(), state);
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: false, [0], [1]));

        clock.Advance(FinishAbandonedSessions.RecorderSilence - Moment);
        await RunAsync();
        Assert.Equal(state, (await catalogue.ReadAsync(session.Id)).State);

        clock.Advance(2 * Moment);
        await RunAsync();
        Assert.Equal(SessionState.Partial, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Fact]
    public async Task A_consent_waits_longer_for_a_recorder_that_never_joined()
    {
        await catalogue.AddAsync(session, clock.GetUtcNow(), SessionState.Ready, recorderJoined: false);
        clock.Advance(FinishAbandonedSessions.RecorderSilence + Moment);
        await RunAsync();
        Assert.Equal(SessionState.Ready, (await catalogue.ReadAsync(session.Id)).State);

        clock.Advance(FinishAbandonedSessions.WaitForRecorder);
        await RunAsync();
        var finished = await catalogue.ReadAsync(session.Id);
        Assert.Equal((SessionState.Failed, "No recorder joined."), (finished.State, finished.Detail));
    }

    [Fact]
    public async Task After_the_server_was_away_recorders_have_time_to_come_back()
    {
        await catalogue.AddAsync(session, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromHours(2));
        start = clock.GetUtcNow();
        await RunAsync();
        Assert.Equal(SessionState.Recording, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Fact]
    public async Task While_no_server_answers_recorders_nobody_has_abandoned_anything()
    {
        await catalogue.AddAsync(session, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromHours(2));
        start = null;
        await RunAsync();
        await RunAsync(seen: clock.GetUtcNow() - ServerNode.Patience - Moment);
        Assert.Equal(SessionState.Recording, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Fact]
    public async Task One_session_that_cannot_be_finished_does_not_hold_up_the_others()
    {
        await catalogue.AddAsync(session, clock.GetUtcNow());
        using var broken = await WrittenSession.CreateAsync();
        await catalogue.AddAsync(broken, clock.GetUtcNow().AddMinutes(-1));
        Directory.CreateDirectory(session.Store is { } ? Path.Combine(session.Bucket, $"v1/{broken.Id}/consent/manifest.jws/occupied") : "");
        clock.Advance(FinishAbandonedSessions.RecorderSilence + Moment);
        await RunAsync();
        Assert.Equal(SessionState.Failed, (await catalogue.ReadAsync(session.Id)).State);
    }

    /// <param name="seen">When the server that answers recorders was last heard of; null: now.</param>
    private async Task RunAsync(DateTimeOffset? seen = null)
    {
        await using var db = catalogue.Open();
        await db.ServerNodes.ExecuteDeleteAsync();
        if ((start ?? seen) is { } since) { db.ServerNodes.Add(new() { Id = Guid.NewGuid(), Name = "web", Web = true, Jobs = false, StartedAt = since, SeenAt = seen ?? clock.GetUtcNow(), Keys = "" }); }
        await db.SaveChangesAsync();
        var finish = new FinishSession(db, session.Locations, session.ServerKey, clock);
        await new FinishAbandonedSessions(db, finish, new(), clock, NullLogger<FinishAbandonedSessions>.Instance).RunAsync(default);
    }
}
