using Microsoft.EntityFrameworkCore;
using SecureRecorder.Admin.Access;
using SecureRecorder.Admin.Sessions.Labels;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions.Search;

/// <summary>Lists the sessions that an account may see and asks for, page by page.</summary>
internal sealed class ListSessions(CatalogueDb catalogue, AccountsDb accounts, TeamsOfAccounts memberships)
{
    public const int PageLength = 50;

    private readonly SearchSessions _search = new(catalogue);

    public async Task<SessionList> RunAsync(SessionScope scope, SessionFilter filter, string? before, string? after, CancellationToken cancellation)
    {
        var place = PlaceText.TryRead(before, after, out var error);
        string[] errors = [.. filter.Errors(), .. error is null ? Array.Empty<string>() : [error]];
        var list = new SessionList { Filter = filter, Errors = errors, SeesOthers = scope.Teams.Count + scope.Labels.Count + scope.Sessions.Count > 0, Labels = scope.Labels };
        if (errors.Length == 0) { list = await FindAsync(list, scope, filter, place!, cancellation); }
        return await WithTeamsAsync(list, scope, cancellation);
    }

    private async Task<SessionList> FindAsync(SessionList list, SessionScope scope, SessionFilter filter, SessionPlace place, CancellationToken cancellation)
    {
        var found = await _search.RunAsync(scope, filter.ToCriteria(), place, PageLength, cancellation);
        if (place.Newer && found is FoundSessions.Some { Sessions.Count: < PageLength })
        {
            place = SessionPlace.First; // so near the newest one that the page is not full
            found = await _search.RunAsync(scope, filter.ToCriteria(), place, PageLength, cancellation);
        }

        return found switch
        {
            FoundSessions.Some some => list with { Sessions = some.Sessions, Newer = Newer(filter, place, some), Older = Older(filter, place, some) },
            FoundSessions.TooCommonTicket common => list with
            {
                Errors = [$"More than {common.Limit:N0} sessions have a ticket that begins with '{filter.Ticket}'. Type more of the ticket, or the technician too."],
            },
            var other => throw new InvalidOperationException($"Unknown outcome {other}."),
        };
    }

    private static string? Newer(SessionFilter filter, SessionPlace place, FoundSessions.Some found)
    {
        if (place.Newer ? !found.HasMore : place.Key is null) { return null; }
        return filter.Address(found.Sessions is [var first, ..] ? new(new(first.CreatedAt, first.Id), Newer: true) : SessionPlace.First);
    }

    private static string? Older(SessionFilter filter, SessionPlace place, FoundSessions.Some found) =>
        found.Sessions is [.., var last] && (place.Newer || found.HasMore) ? filter.Address(new(new(last.CreatedAt, last.Id), Newer: false)) : null;

    private async Task<SessionList> WithTeamsAsync(SessionList list, SessionScope scope, CancellationToken cancellation)
    {
        var own = await memberships.OfAsync(scope.Technician, cancellation);
        var numbers = own.Select(team => team.Team).Concat(scope.Teams).Concat(list.Sessions.Select(session => session.Team).Append(list.Filter.TeamNumber).OfType<int>()).Distinct().ToList();
        var teams = await accounts.Teams.AsNoTracking().Where(team => numbers.Contains(team.Id)).OrderBy(team => team.Name).Select(team => new { team.Id, team.Name }).ToListAsync(cancellation);
        var offered = await LabelEndpoints.OfferedAsync(catalogue, cancellation);
        return list with { OfferedLabels = offered, Labels = [.. list.Labels.Union(offered.Select(label => label.Name)).Order(StringComparer.OrdinalIgnoreCase)], OwnTeams = own, Teams = [.. teams.Select(team => (team.Id, team.Name))] };
    }
}

/// <summary>A page of the list, and what can be asked for.</summary>
public sealed record SessionList
{
    public required SessionFilter Filter { get; init; }
    public required IReadOnlyList<string> Errors { get; init; }
    public IReadOnlyList<ListedSession> Sessions { get; init; } = [];

    /// <summary>Address of the newer ones; null: there are none.</summary>
    public string? Newer { get; init; }

    /// <summary>Address of the older ones; null: there are none.</summary>
    public string? Older { get; init; }

    /// <summary>Those that the account is in.</summary>
    public IReadOnlyList<TeamMembership> OwnTeams { get; init; } = [];

    /// <summary>Those that can be asked for, by name.</summary>
    public IReadOnlyList<(int Number, string Name)> Teams { get; init; } = [];

    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Those that a new session can have.</summary>
    public IReadOnlyList<SessionLabel> OfferedLabels { get; init; } = [];

    /// <summary>Whether it may see sessions that others started.</summary>
    public bool SeesOthers { get; init; }

    /// <summary>Whether there is anything to look for, or something is looked for.</summary>
    public bool SessionsOrFilter => Sessions.Count > 0 || Errors.Count > 0 || !Filter.IsEmpty;

    public string? NameOf(int? team) => Teams.FirstOrDefault(t => t.Number == team).Name;
}
