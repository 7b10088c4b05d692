using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>What policies do to recordings, and what goes when: the database's answers compared with looking at every session. The same for every database.</summary>
public abstract class RetentionConformance : IAsyncLifetime
{
    private const int Count = 240;
    private const int Team = 7;

    private static readonly ManualClock Clock = new(new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private static readonly DateTimeOffset Now = Clock.GetUtcNow();
    private static readonly string[] Names = ["consent", "video", "thumbnails", "chat", "events"];

    private readonly Drawing random = new(4711);
    private List<RetentionPolicy> policies = [];
    private List<RecordedSession> sessions = [];

    protected abstract CatalogueDb Open();

    protected abstract Task CreateAsync();

    public abstract ValueTask DisposeAsync();

    public async ValueTask InitializeAsync()
    {
        await CreateAsync();
        await using var catalogue = Open();
        for (var version = 1; version <= 6; version++) { catalogue.RetentionPolicies.Add(Policy(RetentionPolicy.Organization, version)); }
        catalogue.RetentionPolicies.Add(Policy(Team, 1));
        await catalogue.SaveChangesAsync();
        policies = await catalogue.RetentionPolicies.AsNoTracking().Include(policy => policy.Rules).ToListAsync();
        for (var number = 0; number < Count; number++) { catalogue.Sessions.Add(Session(number)); }
        catalogue.Holds.Add(new() { Id = Guid.NewGuid(), Label = "held", Owner = "ada", PlacedBy = "ada", PlacedAt = Now, ReviewAt = Now.AddDays(1), Reason = "" });
        await catalogue.SaveChangesAsync();
        sessions = await catalogue.Sessions.AsNoTracking().Include(s => s.Tracks).OrderBy(s => s.Id).ToListAsync();
    }

    [Theory]
    [InlineData(RetentionPolicy.Organization)]
    [InlineData(Team)]
    public async Task A_preview_says_exactly_what_applying_does(int team)
    {
        await using var catalogue = Open();
        for (var round = 0; round < 12; round++)
        {
            var wanted = Policy(team, 100 + round);
            var expected = sessions.Where(s => Goes(s, team)).SelectMany(s => Moves(s, wanted)).ToList();
            var preview = new PreviewReapplication(catalogue, Clock);
            foreach (var part in await preview.CountAsync(wanted, team, default))
            {
                var of = expected.Where(move => RetentionDates.PartOf(move.Track.Name) == part.Part).ToList();
                foreach (var (moved, direction) in new[] { (part.Earlier, -1), (part.Later, 1) })
                {
                    var those = of.Where(move => move.Direction == direction).ToList();
                    var counted = those.Where(move => move.Track.Name != "thumbnails").ToList();
                    Assert.Equal((part.Part, direction, counted.Count), (part.Part, direction, (int)(moved?.Count ?? 0)));
                    if (moved is null) { continue; }

                    Assert.Equal(those.Sum(move => move.Track.Size), moved.Size);
                    Assert.Equal(those.Min(move => Day(move.Then)), Day(moved.First));
                    Assert.Equal(those.Max(move => Day(move.Then)), Day(moved.Last));
                    Assert.Equal(counted.Count(move => move.Then <= Now), moved.AtOnce);
                }
            }

            var listed = new List<MovedTrack>();
            for (IReadOnlyList<MovedTrack> page = []; listed.Count == 0 || page.Count == 20; listed.AddRange(page))
            {
                page = await preview.ListAsync(wanted, team, listed.Count == 0 ? null : (listed[^1].Session, listed[^1].Track), 20, default);
                if (page.Count == 0) { break; }
            }

            Assert.Equal(
                expected.Where(move => move.Direction != 0 && move.Track.Name != "thumbnails").Select(move => (move.Track.Session, move.Track.Name, Day(move.Then))).Order(),
                listed.Select(move => (move.Session, move.Track, Day(move.Then))).Order());
        }
    }

    [Fact]
    public async Task Nothing_is_kept_longer_than_shown_nor_goes_before_its_least_and_what_is_due_stays_due()
    {
        foreach (var session in sessions.Where(s => RetentionDates.Kept.Contains(s.State)))
        {
            var shown = policies.Find(policy => policy.Id == session.Policy);
            foreach (var move in Moves(session, Policy(RetentionPolicy.Organization, 100)))
            {
                if (move.Before <= Now) { Assert.Equal(move.Before, move.Then); continue; }

                var rule = shown?.Of(RetentionDates.PartOf(move.Track.Name)!.Value);
                if (rule is null) { Assert.True(Day(move.Then) <= Day(move.Before)); continue; }

                Assert.True(Day(move.Then) <= Day(rule.Until(session.ShownDay!.Value, session.EndedAt!.Value)));
                if (rule.MinimumDays is { } least) { Assert.True(Day(move.Then) >= session.ShownDay + least); }
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_page_and_every_day_has_what_goes_and_nothing_that_is_held(bool isAnyHeld)
    {
        await using var catalogue = Open();
        if (!isAnyHeld) { await catalogue.Holds.ExecuteUpdateAsync(hold => hold.SetProperty(h => h.LiftedAt, Now)); }
        var next = new NextDeletions(catalogue);
        var expected = sessions.Where(s => RetentionDates.Kept.Contains(s.State) && (s.Label != "held" || !isAnyHeld)).SelectMany(s =>
            s.Tracks.Where(t => t.KeepUntil is not null && t.PurgedAt is null).Select(t => (At: t.KeepUntil!.Value, s.Id, Track: (string?)t.Name, t.Size))
                .Concat(s.KeepUntil is { } until ? [(until, s.Id, null, s.LastSize)] : [])).ToList();
        var listed = new List<Deletion>();
        for (var isMore = true; isMore;)
        {
            var page = await next.ListAsync(null, Now.AddYears(20), listed.Count == 0 ? null : new(listed[^1].At, listed[^1].Session, listed[^1].Track), 17, default);
            listed.AddRange(page);
            isMore = page.Count == 17;
        }

        Assert.Equal(expected.Select(d => (d.At, d.Id, d.Track, d.Size)).Order(), listed.Select(d => (d.At, d.Session, d.Track, d.Size)).Order());
        Assert.Equal(listed.Select(d => d.At).Order(), listed.Select(d => d.At));

        var (from, before) = (RetentionDates.DayOf(Now), RetentionDates.DayOf(Now) + 60);
        var days = await next.DaysAsync(from, before, default);
        var inMonth = expected.Where(d => RetentionDates.DayOf(d.At) >= from && RetentionDates.DayOf(d.At) < before).ToList();
        Assert.Equal(
            inMonth.GroupBy(d => RetentionDates.DayOf(d.At)).Select(g => new DeletionDay(g.Key, g.Count(d => d.Track is null), g.Count(d => d.Track is not null), g.Sum(d => d.Size))).OrderBy(d => d.Day),
            days.Values.OrderBy(d => d.Day));
        Assert.Equal(
            sessions.Count(s => RetentionDates.Kept.Contains(s.State) && isAnyHeld && s.Label == "held" && s.KeepUntil >= Now && s.KeepUntil < Now.AddDays(60)), await next.HeldAsync(Now, Now.AddDays(60), default));
    }

    [Fact]
    public async Task Of_two_versions_with_one_number_the_second_is_refused()
    {
        await using var catalogue = Open();
        catalogue.RetentionPolicies.Add(Policy(Team, 1));
        await Assert.ThrowsAsync<DbUpdateException>(() => catalogue.SaveChangesAsync());
    }

    private IEnumerable<(RecordedTrack Track, DateTimeOffset? Before, DateTimeOffset? Then, int Direction)> Moves(RecordedSession original, RetentionPolicy wanted)
    {
        if (original.KeepUntil <= Now) { return []; }

        var session = Copy(original);
        var before = session.Tracks.ToDictionary(t => t.Name, t => t.KeepUntil ?? session.KeepUntil);
        Reapplication.Apply(session, policies.Find(policy => policy.Id == session.Policy), wanted, Now);
        return [.. session.Tracks.Where(t => t.Name != "consent" && t.PurgeBeganAt is null && !(before[t.Name] <= Now))
            .Select(t => (t, before[t.Name], t.KeepUntil ?? session.KeepUntil, Day(t.KeepUntil ?? session.KeepUntil).CompareTo(Day(before[t.Name]))))];
    }

    /// <summary>Whether a preview of this team looks at it.</summary>
    private static bool Goes(RecordedSession session, int team) =>
        RetentionDates.Kept.Contains(session.State) && session.Label != "held" && (team == RetentionPolicy.Organization ? session.Team != Team : session.Team == team);

    private static long Day(DateTimeOffset? until) => until is { } date ? RetentionDates.DayOf(date) : long.MaxValue;

    private RetentionPolicy Policy(int team, int version) => new()
    {
        Team = team, Version = version, At = Now, By = "ada", Why = "test",
        Rules = [.. Enum.GetValues<RetentionPart>().Select(Rule)],
    };

    private RetentionRule Rule(RetentionPart part)
    {
        var days = 1 + random.Below(120);
        var least = random.OneIn(3) ? 1 + random.Below(days) : (int?)null;
        return random.Below(8) switch
        {
            0 => new() { Part = part, Keep = RetentionKind.Session },
            1 => new() { Part = part, Keep = RetentionKind.None },
            2 => new() { Part = part, Keep = RetentionKind.Indefinite, MinimumDays = least, LegalBasis = "law", ReviewOn = new(2027, 1, 1) },
            _ => new() { Part = part, Keep = RetentionKind.Days, Days = days, MinimumDays = least },
        };
    }

    private RecordedSession Session(int number)
    {
        var created = Now.AddDays(-random.Below(60)).AddMinutes(-random.Below(2000));
        var policy = random.OneIn(6) ? null : policies[random.Below(policies.Count)];
        var session = new RecordedSession
        {
            Id = Guid.CreateVersion7(created.AddMilliseconds(number)), Technician = "tina", CreatedAt = created, CodeExpiresAt = created, Region = "eu", Team = random.Below(3) switch { 0 => null, 1 => Team, _ => 8 },
            Label = random.OneIn(9) ? "held" : null, Policy = policy?.Id, ShownDay = policy is null ? null : (int)RetentionDates.DayOf(created), KeepUntil = policy is null && !random.OneIn(5) ? RetentionDates.EndOf(RetentionDates.DayOf(created) + 90) : null,
            EndedAt = created.AddMinutes(30), State = random.OneIn(10) ? SessionState.Purged : RetentionDates.Kept[random.Below(4)],
        };
        foreach (var name in Names.Where(name => session.State is not SessionState.Purged && (name == "consent" || !random.OneIn(4)))) { session.Tracks.Add(new() { Session = session.Id, Name = name, MediaType = "x", Size = 1 + random.Below(1000), PurgedAt = null }); }
        session.SetDates(policy, created.AddMinutes(30));
        if (policy is not null && random.OneIn(4) && session.KeepUntil is { } until) { Reapplication.Apply(session, policy, Policy(RetentionPolicy.Organization, 50), created.AddMinutes(31)); } // shortened before
        return session;
    }

    private static RecordedSession Copy(RecordedSession of)
    {
        var session = new RecordedSession { Id = of.Id, Technician = of.Technician, CreatedAt = of.CreatedAt, CodeExpiresAt = of.CodeExpiresAt, Region = of.Region, Policy = of.Policy, ShownDay = of.ShownDay, KeepUntil = of.KeepUntil, EndedAt = of.EndedAt, State = of.State };
        foreach (var track in of.Tracks) { session.Tracks.Add(new() { Session = track.Session, Name = track.Name, MediaType = track.MediaType, Size = track.Size, KeepUntil = track.KeepUntil }); }
        return session;
    }
}
