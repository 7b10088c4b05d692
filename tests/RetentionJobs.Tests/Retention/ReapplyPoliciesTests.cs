using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using SecureRecorder.RetentionJobs.Retention;
using SecureRecorder.RetentionJobs.Tests.Recovery;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.RetentionJobs.Tests.Retention;

/// <summary>Applying a version goes through all recordings of its team, once, wherever it is interrupted.</summary>
public sealed class ReapplyPoliciesTests : IAsyncLifetime
{
    private const int Count = 450;

    private readonly ManualClock clock = new(new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordedCatalogue catalogue = new();
    private int wanted;

    public async ValueTask InitializeAsync()
    {
        await using var db = catalogue.Open();
        db.RetentionPolicies.Add(Policy(1, days: 90));
        await db.SaveChangesAsync();
        var shown = await db.NewestPolicyAsync(RetentionPolicy.Organization, default);
        for (var number = 0; number < Count; number++) { db.Sessions.Add(Session(number, shown!)); }
        var next = Policy(2, days: 60);
        db.RetentionPolicies.Add(next);
        await db.SaveChangesAsync();
        wanted = next.Id;
        db.PolicyReapplications.Add(new() { Id = Guid.NewGuid(), Policy = wanted, Team = RetentionPolicy.Organization, By = "ada", At = clock.GetUtcNow(), Sessions = Count });
        await db.SaveChangesAsync();
    }

    public ValueTask DisposeAsync()
    {
        catalogue.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Interrupted_after_any_batch_it_goes_on_and_every_session_counts_once(int batches)
    {
        using (var killed = new CancellationTokenSource())
        {
            await using var db = catalogue.Open();
            db.SavedChanges += (_, _) => { if (--batches == 0) { killed.Cancel(); } };
            try { await JobOn(db).RunAsync(killed.Token); }
            catch (OperationCanceledException) { } // where it was
        }

        await RunAsync();
        await using var looked = catalogue.Open();
        var work = await looked.PolicyReapplications.SingleAsync();
        Assert.Equal((ReapplyState.Done, Count, Count, 0, 0, 0), (work.State, (int)work.LookedAt, (int)work.Shortened, (int)work.Lengthened, (int)work.Promised, (int)work.AtMinimum));
        var sessions = await looked.Sessions.AsNoTracking().ToListAsync();
        Assert.All(sessions, s => Assert.Equal((RetentionDates.EndOf(s.ShownDay!.Value + 60), wanted), (s.KeepUntil, s.DatedBy)));
        Assert.Equal(Count, await looked.Audit.CountAsync(row => row.Action == "retention.changed"));
        Assert.Equal("Done: 450 sessions looked at, 450 shortened, 0 lengthened, 0 not kept longer than shown, 0 at their least", await looked.Audit.Where(row => row.Action == "retention.reapplied").Select(row => row.Detail).SingleAsync());
    }

    [Fact]
    public async Task A_later_version_ends_it_and_what_it_did_not_reach_stays()
    {
        await using (var db = catalogue.Open())
        {
            db.RetentionPolicies.Add(Policy(3, days: 90));
            await db.SaveChangesAsync();
        }

        await RunAsync();
        await using var looked = catalogue.Open();
        Assert.Equal(ReapplyState.Overtaken, (await looked.PolicyReapplications.SingleAsync()).State);
        Assert.All(await looked.Sessions.AsNoTracking().ToListAsync(), s => Assert.Equal(RetentionDates.EndOf(s.ShownDay!.Value + 90), s.KeepUntil));
    }

    [Fact]
    public async Task What_was_erased_is_due_and_no_version_takes_it_back()
    {
        Guid erased;
        await using (var db = catalogue.Open())
        {
            var session = await db.Sessions.OrderBy(s => s.Id).FirstAsync();
            (session.KeepUntil, session.End) = (clock.GetUtcNow(), "withdrawn");
            erased = session.Id;
            await db.SaveChangesAsync();
        }

        await RunAsync();
        Assert.Equal(clock.GetUtcNow(), (await catalogue.ReadAsync(erased)).KeepUntil);
        await using var looked = catalogue.Open();
        Assert.Equal(Count - 1, (await looked.PolicyReapplications.SingleAsync()).Shortened);
    }

    [Fact]
    public async Task Sessions_of_a_team_with_a_policy_of_its_own_are_left_alone()
    {
        await using (var db = catalogue.Open())
        {
            db.RetentionPolicies.Add(new() { Team = 5, Version = 1, At = clock.GetUtcNow(), By = "ada", Why = "its own", Rules = Policy(1, 10).Rules });
            await db.SaveChangesAsync();
        }

        await RunAsync();
        await using var looked = catalogue.Open();
        Assert.Equal(Count - (Count / 3), (int)(await looked.PolicyReapplications.SingleAsync()).Shortened);
        Assert.All(await looked.Sessions.AsNoTracking().Where(s => s.Team == 5).ToListAsync(), s => Assert.Equal(RetentionDates.EndOf(s.ShownDay!.Value + 90), s.KeepUntil));
    }

    private async Task RunAsync()
    {
        await using var db = catalogue.Open();
        await JobOn(db).RunAsync(default);
    }

    private ReapplyPolicies JobOn(CatalogueDb db) => new(db, new(), clock, NullLogger<ReapplyPolicies>.Instance);

    private RetentionPolicy Policy(int version, int days) => new()
    {
        Team = RetentionPolicy.Organization, Version = version, At = clock.GetUtcNow(), By = "ada", Why = "test",
        Rules = [.. Enum.GetValues<RetentionPart>().Select(part => new RetentionRule { Part = part, Keep = RetentionKind.Days, Days = days })],
    };

    private RecordedSession Session(int number, RetentionPolicy shown)
    {
        var at = clock.GetUtcNow().AddMinutes(-number);
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(at), Technician = "tina", CreatedAt = at, CodeExpiresAt = at, EndedAt = at, Region = "eu", State = SessionState.Recorded, Policy = shown.Id, ShownDay = (int)RetentionDates.DayOf(at), Team = number % 3 == 0 ? 5 : null,
        };
        session.Tracks.Add(new() { Session = session.Id, Name = "video", MediaType = "video/mp4", Size = 10 });
        session.SetDates(shown, at);
        return session;
    }
}
