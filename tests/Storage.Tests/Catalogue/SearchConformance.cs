using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.TestServers;

namespace SecureRecorder.Storage.Tests.Catalogue;

/// <summary>What a search finds, compared with looking at every session; the same for every database.</summary>
public abstract class SearchConformance : IAsyncLifetime
{
    private const int Count = 400;
    private const int PageLength = 7;

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Technicians = ["tina", "ben", "nora"];
    private static readonly string?[] Labels = [null, "network", "payroll"];
    private static readonly string?[] Tickets = [null, "INC001", "INC002", "inc0021", "Ärger", "a%b", "a_b", "INC"];

    private readonly List<RecordedSession> sessions = [.. Enumerable.Range(0, Count).Select(Session)];

    /// <summary>A context on the catalogue of this test.</summary>
    protected abstract CatalogueDb Open(params IInterceptor[] interceptors);

    /// <summary>Makes the catalogue of this test, empty.</summary>
    protected abstract Task CreateAsync();

    public async ValueTask InitializeAsync()
    {
        await CreateAsync();
        await using var catalogue = Open();
        catalogue.Sessions.AddRange(sessions);
        await catalogue.SaveChangesAsync();
    }

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Every_combination_of_scope_and_filter_finds_what_a_look_at_every_session_finds()
    {
        var random = new Drawing(5);
        for (var i = 0; i < 300; i++)
        {
            var (scope, criteria) = (Scope(random), Criteria(random));
            var expected = Expected(scope, criteria);
            var page = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, criteria, SessionPlace.First, PageLength, RareLimit(i)));
            Assert.Equal(expected.Take(PageLength).Select(s => s.Id), page.Sessions.Select(s => s.Id));
            Assert.Equal(expected.Count > PageLength, page.HasMore);
        }
    }

    [Fact]
    public async Task Pages_join_without_a_gap_or_a_repetition_there_and_back()
    {
        var random = new Drawing(6);
        for (var i = 0; i < 25; i++)
        {
            var (scope, criteria) = (Scope(random), Criteria(random));
            var expected = Expected(scope, criteria).Select(s => s.Id).ToList();
            var (there, last) = await WalkAsync(scope, criteria, new(null, Newer: false));
            Assert.Equal(expected, there.SelectMany(page => page));
            if (last is null) { continue; }

            var (back, _) = await WalkAsync(scope, criteria, new(last, Newer: true));
            Assert.Equal(expected.SkipLast(1), Enumerable.Reverse(back).SelectMany(page => page)); // from the last one on, which is not read again
        }
    }

    [Fact]
    public async Task Sessions_that_come_while_somebody_reads_move_no_page()
    {
        var scope = SessionScope.OwnOf("tina");
        var first = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, new(), SessionPlace.First, PageLength));
        await using (var catalogue = Open())
        {
            catalogue.Sessions.Add(Session(Count * 3));
            await catalogue.SaveChangesAsync();
        }

        var next = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, new(), new(KeyOf(first.Sessions[^1]), Newer: false), PageLength));
        Assert.Equal(Expected(scope, new()).Skip(PageLength).Take(PageLength).Select(s => s.Id), next.Sessions.Select(s => s.Id));
    }

    [Fact]
    public async Task A_page_says_what_it_shows()
    {
        var session = Session(Count * 3);
        session.Tracks.Add(new() { Session = session.Id, Name = "video", MediaType = "video/mp4", Duration = 61.5, Size = 1000 });
        session.Tracks.Add(new() { Session = session.Id, Name = "chat", MediaType = "application/json", Duration = 70, Size = 10 });
        session.Tracks.Add(new() { Session = session.Id, Name = "consent", MediaType = "application/jose", Size = 5 });
        await using (var catalogue = Open())
        {
            catalogue.Sessions.Add(session);
            await catalogue.SaveChangesAsync();
        }

        var found = Assert.IsType<FoundSessions.Some>(await FindAsync(SessionScope.OwnOf(session.Technician), new(), SessionPlace.First, 1));
        Assert.Equal(new(session.Id, session.CreatedAt, session.State, session.Ticket, session.Technician, session.Team, session.Label, 61.5, 1010), Assert.Single(found.Sessions));
    }

    [Fact]
    public async Task Nobody_finds_a_session_outside_their_scope_whatever_they_ask_for()
    {
        var random = new Drawing(7);
        for (var i = 0; i < 100; i++)
        {
            var scope = Scope(random);
            var found = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, Criteria(random), new(KeyOf(sessions[random.Below(Count)]), random.OneIn(2)), Count));
            Assert.All(found.Sessions, s => Assert.True(
                s.Technician == scope.Technician || (s.Team is { } team && scope.Teams.Contains(team)) || (s.Label is { } label && scope.Labels.Contains(label)) || scope.Sessions.Contains(s.Id)));
        }
    }

    [Fact]
    public async Task A_beginning_that_thousands_of_other_peoples_tickets_have_is_refused_and_with_a_technician_answered()
    {
        await using (var catalogue = Open())
        {
            catalogue.Sessions.AddRange(Enumerable.Range(0, SearchSessions.LookedAtLimit).Select(i => Session(Count * 3 + i, "many", "COMMON-" + i, team: 3)));
            await catalogue.SaveChangesAsync();
        }

        SessionScope scope = new("tina", [3], [], []);
        var found = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, new() { Ticket = "common-" }, SessionPlace.First, PageLength));
        Assert.Equal((PageLength, true), (found.Sessions.Count, found.HasMore));
        await using (var catalogue = Open())
        {
            catalogue.Sessions.Add(Session(Count * 2, "many", "Common-x"));
            await catalogue.SaveChangesAsync();
        }

        Assert.Equal(new FoundSessions.TooCommonTicket(SearchSessions.LookedAtLimit), await FindAsync(scope, new() { Ticket = "common-" }, SessionPlace.First, PageLength));
        Assert.IsType<FoundSessions.Some>(await FindAsync(scope, new() { Ticket = "common-", Technician = "many" }, SessionPlace.First, PageLength));
        Assert.IsType<FoundSessions.Some>(await FindAsync(SessionScope.OwnOf("tina"), new() { Ticket = "common-" }, SessionPlace.First, PageLength));
    }

    /// <summary>Every search that this class can think of, with something that looks at its commands.</summary>
    protected async Task SearchAllAsync(IInterceptor watch)
    {
        var random = new Drawing(8);
        for (var i = 0; i < 300; i++)
        {
            await using var catalogue = Open(watch);
            SessionPlace place = new(i % 2 == 0 ? null : KeyOf(sessions[random.Below(Count)]), Newer: i % 3 == 0);
            await new SearchSessions(catalogue, RareLimit(i)).RunAsync(Scope(random), Criteria(random), place, PageLength, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Every second search takes no state for a rare one.</summary>
    private static int RareLimit(int turn) => turn % 2 == 0 ? 0 : SearchSessions.LookedAtLimit;

    private async Task<FoundSessions> FindAsync(SessionScope scope, SessionCriteria criteria, SessionPlace place, int count, int rareLimit = SearchSessions.LookedAtLimit)
    {
        await using var catalogue = Open();
        return await new SearchSessions(catalogue, rareLimit).RunAsync(scope, criteria, place, count, TestContext.Current.CancellationToken);
    }

    private async Task<(List<List<Guid>> Pages, SessionKey? Last)> WalkAsync(SessionScope scope, SessionCriteria criteria, SessionPlace place)
    {
        List<List<Guid>> pages = [];
        SessionKey? last = null;
        while (true)
        {
            var found = Assert.IsType<FoundSessions.Some>(await FindAsync(scope, criteria, place, PageLength));
            if (found.Sessions.Count == 0) { return (pages, last); }

            pages.Add([.. found.Sessions.Select(s => s.Id)]);
            last = KeyOf(place.Newer ? found.Sessions[0] : found.Sessions[^1]);
            place = place with { Key = last };
            if (!found.HasMore) { return (pages, last); }
        }
    }

    private List<RecordedSession> Expected(SessionScope scope, SessionCriteria asked) =>
    [
        .. sessions.Where(s => s.Technician == scope.Technician || (s.Team is { } team && scope.Teams.Contains(team)) || (s.Label is { } label && scope.Labels.Contains(label)) || scope.Sessions.Contains(s.Id))
            .Where(s => (asked.Team is null || s.Team == asked.Team) && (asked.Technician is null || s.Technician == asked.Technician) && (asked.Label is null || s.Label == asked.Label)
                && (asked.Ticket is null || (s.Ticket?.StartsWith(asked.Ticket, StringComparison.OrdinalIgnoreCase) ?? false)) && (asked.States.Count == 0 || asked.States.Contains(s.State))
                && (asked.From is null || s.CreatedAt >= asked.From) && (asked.Before is null || s.CreatedAt < asked.Before))
            .OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id.ToString(), StringComparer.Ordinal),
    ];

    private SessionScope Scope(Drawing random) => new(
        Technicians[random.Below(Technicians.Length)], [.. Enumerable.Range(1, 3).Where(_ => random.OneIn(3))], [.. Labels.OfType<string>().Where(_ => random.OneIn(3))],
        [.. sessions.Where(_ => random.OneIn(40)).Select(s => s.Id)]);

    private static SessionCriteria Criteria(Drawing random)
    {
        var from = random.OneIn(4) ? Start.AddMinutes(random.Below(60)) : (DateTimeOffset?)null;
        return new()
        {
            Team = random.OneIn(4) ? random.Below(4) + 1 : null,
            Technician = random.OneIn(4) ? Technicians[random.Below(Technicians.Length)] : null,
            Label = random.OneIn(4) ? Labels[random.Below(Labels.Length - 1) + 1] : null,
            Ticket = random.OneIn(4) ? ((string[])["inc", "INC002", "ärg", "a%", "a_", "INC001", "zzz", "'"])[random.Below(8)] : null,
            States = random.OneIn(3) ? [.. Enum.GetValues<SessionState>().Where(_ => random.OneIn(4))] : [],
            From = from,
            Before = random.OneIn(4) ? (from ?? Start).AddMinutes(random.Below(60)) : null,
        };
    }

    /// <summary>Several in one moment, and times that no identifier follows.</summary>
    private static RecordedSession Session(int index) =>
        Session(index, Technicians[index * 7 % 3], Tickets[index * 11 % Tickets.Length], index % 5 == 0 ? null : index * 3 % 4 + 1);

    private static RecordedSession Session(int index, string technician, string? ticket, int? team = null)
    {
        var at = Start.AddMinutes(index / 5);
        return new()
        {
            Id = new(new Drawing((ulong)index).Below(int.MaxValue), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), Technician = technician, CreatedAt = at, Ticket = ticket, Team = team,
            Label = Labels[index * 13 % Labels.Length], State = Enum.GetValues<SessionState>()[index * 5 % 14], CodeExpiresAt = at, Region = "eu-1",
        };
    }

    private static SessionKey KeyOf(RecordedSession session) => new(session.CreatedAt, session.Id);
    private static SessionKey KeyOf(ListedSession session) => new(session.CreatedAt, session.Id);

    /// <summary>Asks the database how it would run each command of a search.</summary>
    protected sealed class Explain(string prefix) : DbCommandInterceptor
    {
        public IList<(string Command, string Plan)> Plans { get; } = [];

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            var (text, plan) = (command.CommandText, new List<string>());
            command.CommandText = prefix + text;
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken)) { plan.Add(reader.GetString(reader.FieldCount - 1)); }
            }

            command.CommandText = text;
            Plans.Add((text, string.Join('\n', plan)));
            return result;
        }
    }
}
