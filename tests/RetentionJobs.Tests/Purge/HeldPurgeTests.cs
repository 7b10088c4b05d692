using System.Text;
using Microsoft.EntityFrameworkCore;
using SecureRecorder.RetentionJobs.Purge;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Objects;
using SecureRecorder.Storage.Sealing;
using SecureRecorder.Storage.Tracks;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Purge;

/// <summary>T3: a legal hold wins over expiry, over withdrawal, and over a purge that is running.</summary>
public sealed class HeldPurgeTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private WrittenSession session = null!;
    private InterceptedStore store = null!;

    public async ValueTask InitializeAsync()
    {
        session = await WrittenSession.CreateAsync();
        store = new(session.Store);
        await catalogue.AddAsync(session, clock.GetUtcNow(), SessionState.Partial);
        await catalogue.CommitAsync(session, TrackName.Video, await session.WriteTrackAsync(TrackName.Video, manifest: true, [0], [1], [2]));
        await catalogue.ChangeAsync(session.Id, row => (row.EndedAt, row.KeepUntil, row.Label, row.Detail) = (clock.GetUtcNow(), clock.GetUtcNow().AddDays(90), "Payroll", "The server finished it."));
        clock.Advance(TimeSpan.FromDays(91));
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Never_purges_a_held_session_however_old_and_purges_it_when_the_hold_is_lifted()
    {
        var hold = await PlaceAsync();
        clock.Advance(TimeSpan.FromDays(4000));
        await RunJobAsync();
        Assert.Equal(PurgeOutcome.Held, await PurgeAsync());
        Assert.Equal(SessionState.Partial, (await catalogue.ReadAsync(session.Id)).State);
        Assert.Equal(8, Files().Count);

        await LiftAsync(hold);
        await RunJobAsync();
        Assert.Empty(Files());
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Theory]
    [InlineData("team")]
    [InlineData("label")]
    [InlineData("days")]
    public async Task A_hold_by_team_label_or_days_keeps_what_it_covers(string by)
    {
        var began = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        await PlaceAsync(by switch
        {
            "team" => PurgeScene.Hold(clock.GetUtcNow(), team: 7),
            "label" => PurgeScene.Hold(clock.GetUtcNow(), label: "Payroll"),
            _ => PurgeScene.Hold(clock.GetUtcNow(), from: began, until: began.AddTicks(TimeSpan.TicksPerMillisecond)),
        });
        if (by == "team") // a session's team is fixed at its start
        {
            await using var open = catalogue.Open();
            await open.Sessions.ExecuteUpdateAsync(row => row.SetProperty(s => s.Team, 7));
        }

        await RunJobAsync();
        Assert.Equal(8, Files().Count);
    }

    [Fact]
    public async Task A_hold_that_names_several_things_covers_only_what_all_of_them_apply_to()
    {
        await PlaceAsync(PurgeScene.Hold(clock.GetUtcNow(), label: "Payroll", from: clock.GetUtcNow().AddDays(-1)));
        await PlaceAsync(PurgeScene.Hold(clock.GetUtcNow(), label: "Another"));
        await PlaceAsync(PurgeScene.Hold(clock.GetUtcNow(), until: new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));
        await RunJobAsync();
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Fact]
    public async Task A_hold_that_comes_when_a_purge_has_begun_and_destroyed_nothing_puts_everything_back()
    {
        store.Before["LIST"] = () => PlaceAsync(); // the catalogue says purging, and not a key is gone
        Assert.Equal(PurgeOutcome.Held, await PurgeAsync());
        var row = await catalogue.ReadAsync(session.Id);
        Assert.Equal((SessionState.Partial, "The server finished it."), (row.State, row.Detail));
        Assert.Equal(8, Files().Count);
        await using var open = catalogue.Open();
        Assert.Empty(await open.Purges.ToListAsync());
        Assert.Contains("before anything was destroyed", (await open.Audit.SingleAsync(a => a.Action == "session.purge-held")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hold_that_comes_after_the_keys_keeps_the_rest_and_says_what_is_gone()
    {
        store.After["DELETE"] = () => PlaceAsync(); // the keys are gone, nothing else is
        Assert.Equal(PurgeOutcome.Held, await PurgeAsync());
        Assert.Equal(6, Files().Count);
        await RunJobAsync();
        await RunJobAsync();
        Assert.Equal(6, Files().Count);

        var row = await catalogue.ReadAsync(session.Id);
        Assert.Equal(SessionState.Purging, row.State);
        Assert.Equal("A legal hold stopped its deletion after it had begun: nobody replays it any more; 2 stored versions are gone, 6 are kept.", row.Detail);
        Assert.Equal("Payroll", row.Label);
        Guid hold;
        await using (var open = catalogue.Open())
        {
            var purge = await open.Purges.SingleAsync();
            Assert.Equal((6, 2, clock.GetUtcNow()), (purge.Remaining, purge.Versions, purge.HeldSince));
            Assert.Contains("2 stored versions are gone, 6 are kept", (await open.Audit.SingleAsync(a => a.Action == "session.purge-held")).Detail, StringComparison.Ordinal);
            hold = (await open.Holds.SingleAsync()).Id;
        }

        // lifted, it goes on, and the certificate counts all that was there
        await LiftAsync(hold);
        await RunJobAsync();
        var certificate = await CertificateAsync();
        Assert.Equal((8, 8), (certificate.Deleted!.Objects, certificate.Deleted.Versions));
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
    }

    [Fact]
    public async Task A_session_without_a_hold_is_purged_beside_held_ones()
    {
        using var other = await WrittenSession.InAsync(session.Folder, Guid.CreateVersion7(clock.GetUtcNow()));
        await catalogue.AddAsync(other, clock.GetUtcNow().AddDays(-91), SessionState.Recorded);
        await catalogue.ChangeAsync(other.Id, row => (row.EndedAt, row.KeepUntil) = (clock.GetUtcNow().AddDays(-91), clock.GetUtcNow().AddDays(-1)));
        await PlaceAsync();
        await RunJobAsync();
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(other.Id)).State);
        Assert.Equal(8, Files().Count);
    }

    [Fact]
    public async Task However_many_are_held_those_behind_them_are_purged()
    {
        var over = clock.GetUtcNow().AddDays(-1);
        await using (var open = catalogue.Open())
        {
            for (var i = 0; i < 5100; i++)
            {
                open.Sessions.Add(new() { Id = Guid.CreateVersion7(over.AddDays(-2)), Technician = "tina", CreatedAt = over.AddDays(-9), CodeExpiresAt = over, Region = "eu", State = SessionState.Partial, Label = "Held", EndedAt = over.AddDays(-2), KeepUntil = over.AddDays(-2) });
            }

            open.Holds.Add(PurgeScene.Hold(clock.GetUtcNow(), label: "Held"));
            await open.SaveChangesAsync();
        }

        await RunJobAsync();
        Assert.Equal(SessionState.Purged, (await catalogue.ReadAsync(session.Id)).State);
        await using var after = catalogue.Open();
        Assert.Equal(5100, await after.Sessions.CountAsync(s => s.State == SessionState.Partial));
        var scopes = await after.HoldScopesAsync(default);
        Assert.Equal(await after.Sessions.Held(after).CountAsync(), (await after.Sessions.ToListAsync()).Count(s => scopes.Any(scope => scope.Covers(s.Id, s.Team, s.Label, s.CreatedAt))));
    }

    private Task<Guid> PlaceAsync() => PlaceAsync(PurgeScene.Hold(clock.GetUtcNow(), session.Id));

    private async Task<Guid> PlaceAsync(LegalHold hold)
    {
        await using var open = catalogue.Open();
        open.Holds.Add(hold);
        await open.SaveChangesAsync();
        return hold.Id;
    }

    private async Task LiftAsync(Guid id)
    {
        await using var open = catalogue.Open();
        var now = clock.GetUtcNow();
        await open.Holds.Where(h => h.Id == id).ExecuteUpdateAsync(row => row.SetProperty(h => h.LiftedAt, now).SetProperty(h => h.LiftedBy, "vera"));
    }

    private List<string> Files()
    {
        var folder = Path.Combine(session.Bucket, "v1", session.Id.ToString());
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)] : [];
    }

    private async Task<DeletionCertificate> CertificateAsync() =>
        DeletionCertificate.Verify(Encoding.ASCII.GetString((await session.Store.GetAsync(DeletionCertificate.ObjectName(session.Id), 1 << 16, default))!), session.Id).Certificate;

    private async Task<PurgeOutcome> PurgeAsync()
    {
        await using var open = catalogue.Open();
        return await PurgeScene.Session(open, store, session.ServerKey, clock).RunIfDueAsync(session.Id, "test", default);
    }

    private async Task RunJobAsync()
    {
        await using var open = catalogue.Open();
        await PurgeScene.Job(open, store, session.ServerKey, clock).RunAsync(default);
    }
}
