using Microsoft.EntityFrameworkCore;

namespace SecureRecorder.Storage.Catalogue;

/// <summary>
/// Finds the sessions of a list, page by page, among any number of them: one walk along an index (<see cref="SessionIndexes"/>) for each way in which the account may see a session, each as long as a
/// page at most, merged. Databases make one slow plan of the whole condition; of a walk they cannot.
/// </summary>
/// <param name="rareLimit">Sessions in the states that are looked for: where there are more, each way is walked in each state.</param>
public sealed class SearchSessions(CatalogueDb catalogue, int rareLimit = SearchSessions.LookedAtLimit)
{
    /// <summary>Sessions of all technicians whose tickets may begin as the one that is looked for, or that are in a state which is looked for: so many are looked at one by one.</summary>
    public const int LookedAtLimit = 5000;

    private const int IdsAtOnce = 500;

    /// <param name="count">Sessions of a page.</param>
    public async Task<FoundSessions> RunAsync(SessionScope scope, SessionCriteria criteria, SessionPlace place, int count, CancellationToken cancellation)
    {
        var ways = Ways(scope, criteria);
        var looked = scope.Sessions.Count == 0 ? [] : await SinglesAsync(scope.Sessions, cancellation);
        var sought = criteria.Ticket is null ? [.. ways] : ways.FindAll(way => way.Technician is null);
        if (sought.Count > 0 && await AllAsync(criteria, cancellation) is { } all)
        {
            if (all.Count <= LookedAtLimit)
            {
                looked.AddRange(all.Where(candidate => sought.Exists(way => way.Has(candidate))));
                ways.RemoveAll(sought.Contains);
            }
            else if (criteria.Ticket is not null) { return new FoundSessions.TooCommonTicket(LookedAtLimit); }
        }

        var keys = looked.Where(candidate => Matches(candidate, criteria, place)).Select(candidate => new SessionKey(candidate.CreatedAt, candidate.Id)).ToHashSet();
        foreach (var walk in ways.SelectMany(way => Walks(way, criteria)))
        {
            keys.UnionWith(await From(walk, criteria, place).Take(count + 1).Select(s => new SessionKey(s.CreatedAt, s.Id)).ToListAsync(cancellation));
        }

        var newestFirst = place.Newer
            ? keys.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id).Take(count).Reverse()
            : keys.OrderByDescending(key => key.CreatedAt).ThenByDescending(key => key.Id).Take(count);
        return new FoundSessions.Some(await ReadAsync([.. newestFirst.Select(key => key.Id)], cancellation), keys.Count > count);
    }

    /// <summary>The ways in which the account may see what it looks for, without those that another one holds already.</summary>
    private static List<Way> Ways(SessionScope scope, SessionCriteria criteria)
    {
        var seen = scope.Teams.Select(team => new Way(null, team, null)).Concat(scope.Labels.Select(label => new Way(null, null, label))).Prepend(new(scope.Technician, null, null));
        var asked = seen.Select(way => way.And(criteria)).OfType<Way>().Distinct().ToList();
        return [.. asked.Where(way => !asked.Exists(other => other != way && other.Holds(way)))];
    }

    /// <summary>Queries that are each in the order of an index. What is said beside the index's own columns is said so that no other index offers itself: by expressions.</summary>
    private IEnumerable<IQueryable<RecordedSession>> Walks(Way way, SessionCriteria criteria)
    {
        var (technician, team, label) = way;
        var sessions = catalogue.Sessions.AsNoTracking();
        if (technician is not null)
        {
            sessions = sessions.Where(s => s.Technician == technician);
            if (team is { } number) { sessions = sessions.Where(s => (s.Team ?? 0) == number); }
            if (label is not null) { sessions = sessions.Where(s => (s.Label ?? "") == label); }
            if (criteria.Ticket is not null)
            {
                var (first, end) = Beginning(criteria.Ticket);
                sessions = sessions.Where(s => string.Compare(s.TicketKey ?? "", first) >= 0 && string.Compare(s.TicketKey ?? "", end) < 0);
            }

            return [criteria.States.Count == 0 ? sessions : sessions.Where(s => criteria.States.Contains(s.State))];
        }

        if (team is not null) { sessions = sessions.Where(s => s.Team == team); }
        if (label is not null) { sessions = sessions.Where(s => s.Label == label); }
        return criteria.States.Count == 0 ? [sessions] : criteria.States.Select(state => sessions.Where(s => s.State == state));
    }

    /// <summary>A walk's part from a place on, in the order of reading.</summary>
    private static IQueryable<RecordedSession> From(IQueryable<RecordedSession> walk, SessionCriteria criteria, SessionPlace place)
    {
        if (criteria.From is { } from) { walk = walk.Where(s => s.CreatedAt >= from); }
        if (criteria.Before is { } before) { walk = walk.Where(s => s.CreatedAt < before); }
        if (place.Key is var (at, id)) // the first half of each condition is the index's, the other one tells those of the same moment apart
        {
            walk = place.Newer
                ? walk.Where(s => s.CreatedAt >= at && (s.CreatedAt > at || s.Id > id))
                : walk.Where(s => s.CreatedAt <= at && (s.CreatedAt < at || s.Id < id));
        }

        return place.Newer ? walk.OrderBy(s => s.CreatedAt).ThenBy(s => s.Id) : walk.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id);
    }

    /// <summary>All sessions among which is what is asked for, or one more than <see cref="LookedAtLimit"/> of them; null: there is no telling, or they are many.</summary>
    private async Task<List<Candidate>?> AllAsync(SessionCriteria criteria, CancellationToken cancellation)
    {
        if (criteria.Ticket is not null)
        {
            var (first, end) = Beginning(criteria.Ticket);
            return await Candidates(catalogue.Sessions.Where(s => string.Compare(s.TicketKey, first) >= 0 && string.Compare(s.TicketKey, end) < 0).OrderBy(s => s.TicketKey).Take(LookedAtLimit + 1)).ToListAsync(cancellation);
        }

        if (criteria.States.Count == 0) { return null; }

        var inThem = catalogue.Sessions.Where(s => criteria.States.Contains(s.State)).OrderBy(s => s.State);
        var areMany = await inThem.Skip(rareLimit).Take(1).Select(s => s.State).ToListAsync(cancellation) is { Count: > 0 };
        return areMany ? null : await Candidates(inThem.Take(LookedAtLimit + 1)).ToListAsync(cancellation);
    }

    /// <summary>Single sessions: they are few, and are looked at one by one.</summary>
    private async Task<List<Candidate>> SinglesAsync(IReadOnlyList<Guid> sessions, CancellationToken cancellation)
    {
        List<Candidate> found = [];
        foreach (var ids in sessions.Chunk(IdsAtOnce)) { found.AddRange(await Candidates(catalogue.Sessions.Where(s => ids.Contains(s.Id))).ToListAsync(cancellation)); }
        return found;
    }

    private static IQueryable<Candidate> Candidates(IQueryable<RecordedSession> sessions) => sessions.Select(s => new Candidate(s.Id, s.CreatedAt, s.State, s.TicketKey, s.Technician, s.Team, s.Label));

    private static bool Matches(Candidate candidate, SessionCriteria criteria, SessionPlace place) =>
        new Way(criteria.Technician, criteria.Team, criteria.Label).Has(candidate)
        && (criteria.Ticket is null || (candidate.TicketKey?.StartsWith(RecordedSession.KeyOfTicket(criteria.Ticket), StringComparison.Ordinal) ?? false))
        && (criteria.States.Count == 0 || criteria.States.Contains(candidate.State))
        && !(candidate.CreatedAt < criteria.From) && !(candidate.CreatedAt >= criteria.Before)
        && (place.Key is not var (at, id) || (candidate.CreatedAt, candidate.Id).CompareTo((at, id)) * (place.Newer ? 1 : -1) > 0);

    /// <summary>Tickets that begin so are from the first one of these on and before the second one: no text has that character.</summary>
    private static (string First, string End) Beginning(string ticket) => (RecordedSession.KeyOfTicket(ticket), RecordedSession.KeyOfTicket(ticket) + "\U0010FFFF");

    private async Task<IReadOnlyList<ListedSession>> ReadAsync(List<Guid> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) { return []; }

        var sessions = await catalogue.Sessions.AsNoTracking().Where(s => ids.Contains(s.Id))
            .Select(s => new { s.Id, s.CreatedAt, s.State, s.Ticket, s.Technician, s.Team, s.Label }).ToDictionaryAsync(s => s.Id, cancellation);
        var tracks = (await catalogue.Tracks.AsNoTracking().Where(t => ids.Contains(t.Session))
            .Select(t => new { t.Session, t.Name, t.Duration, t.Size }).ToListAsync(cancellation)).ToLookup(t => t.Session);
        return [.. ids.Select(id => sessions[id]).Select(s => new ListedSession(
            s.Id, s.CreatedAt, s.State, s.Ticket, s.Technician, s.Team, s.Label,
            tracks[s.Id].FirstOrDefault(t => t.Name == "video")?.Duration, tracks[s.Id].Where(t => t.Name != "consent").Sum(t => t.Size)))];
    }

    /// <summary>A way in which an account may see sessions: what is not null is as it says.</summary>
    private sealed record Way(string? Technician, int? Team, string? Label)
    {
        /// <summary>What of it is also as asked for; null: nothing.</summary>
        public Way? And(SessionCriteria asked) =>
            (Technician is not null && asked.Technician is not null && Technician != asked.Technician)
            || (Team is not null && asked.Team is not null && Team != asked.Team)
            || (Label is not null && asked.Label is not null && Label != asked.Label)
                ? null
                : new(Technician ?? asked.Technician, Team ?? asked.Team, Label ?? asked.Label);

        /// <summary>Whether all that the other one shows is in this one too.</summary>
        public bool Holds(Way other) =>
            (Technician is null || Technician == other.Technician) && (Team is null || Team == other.Team) && (Label is null || Label == other.Label);

        public bool Has(Candidate candidate) => Holds(new(candidate.Technician, candidate.Team, candidate.Label));
    }

    private sealed record Candidate(Guid Id, DateTimeOffset CreatedAt, SessionState State, string? TicketKey, string Technician, int? Team, string? Label);
}
