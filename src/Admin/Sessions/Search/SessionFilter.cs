using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SecureRecorder.Admin.Access;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Sessions.Search;

/// <summary>Which sessions somebody asks for, as the page's address has it. Every part may be absent; days are UTC.</summary>
public sealed record SessionFilter
{
    /// <summary>Characters of a label.</summary>
    private const int LabelLimit = 60;

    private const int ShownOfABadText = 40;
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly DateOnly FirstDay = new(2000, 1, 1);
    private static readonly DateOnly LastDay = new(2999, 12, 31);

    public string? Ticket { get; init; }
    public string? Team { get; init; }
    public string? Technician { get; init; }
    public string? Label { get; init; }

    /// <summary>The name of one of <see cref="StateChoice.All"/>.</summary>
    public string? State { get; init; }

    /// <summary>The first day.</summary>
    public string? From { get; init; }

    /// <summary>The last day.</summary>
    public string? To { get; init; }

    /// <summary>Whether everything is asked for.</summary>
    public bool IsEmpty => Parts().All(part => string.IsNullOrEmpty(part.Value));

    /// <summary>What is asked for, without spaces around it and without what is empty.</summary>
    public static SessionFilter Of(string? ticket, string? team, string? technician, string? label, string? state, string? from, string? to)
    {
        return new() { Ticket = Trim(ticket), Team = Trim(team), Technician = Trim(technician), Label = Trim(label), State = Trim(state), From = Trim(from), To = Trim(to) };
        static string? Trim(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>What cannot be asked for, in words; empty where everything can.</summary>
    public IReadOnlyList<string> Errors()
    {
        string?[] errors =
        [
            OfText("ticket", Ticket, RecordedSession.TicketLimit), OfText("technician", Technician, Account.UserNameLimit), OfText("label", Label, LabelLimit),
            Team is not null && TeamNumber is null ? $"'{Cut(Team)}' is not a team of the list. Choose one from the list." : null,
            State is not null && StateChoice.Of(State) is null ? $"'{Cut(State)}' is not a state of the list. Choose one from the list." : null,
            OfDay(From), OfDay(To),
            Day(From) is { } from && Day(To) is { } to && from > to ? $"The first day, {from:d MMMM yyyy}, is after the last day, {to:d MMMM yyyy}. Exchange them." : null,
        ];
        return [.. errors.OfType<string>()];
    }

    /// <summary>For the catalogue, where there are no <see cref="Errors"/>.</summary>
    public SessionCriteria ToCriteria() => new()
    {
        Ticket = Ticket,
        Team = TeamNumber,
        Technician = Technician,
        Label = Label,
        States = State is null ? [] : StateChoice.Of(State)!.States,
        From = Day(From) is { } from ? Start(from) : null,
        Before = Day(To) is { } to ? Start(to.AddDays(1)) : null,
    };

    /// <summary>The team's number.</summary>
    public int? TeamNumber => int.TryParse(Team, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The address of the same sessions, from a place on.</summary>
    public string Address(SessionPlace place) => QueryHelpers.AddQueryString("/", Parts()
        .Append(new(place.Newer ? PlaceText.After : PlaceText.Before, place.Key is null ? null : PlaceText.Of(place.Key))).Where(part => !string.IsNullOrEmpty(part.Value)));

    /// <summary>As much of a bad text as a message shows.</summary>
    internal static string Cut(string text) => text.Length > ShownOfABadText ? text[..ShownOfABadText] + "…" : text;

    private IEnumerable<KeyValuePair<string, string?>> Parts() =>
        [new("ticket", Ticket), new("team", Team), new("technician", Technician), new("label", Label), new("state", State), new("from", From), new("to", To)];

    private static string? OfText(string what, string? text, int limit) => text switch
    {
        { Length: var length } when length > limit => $"The {what} has {length} characters; it may have {limit}.",
        not null when text.Any(char.IsControl) => $"The {what} has a character in it that is no text.",
        _ => null,
    };

    private static string? OfDay(string? text) => text is not null && Day(text) is null
        ? $"'{Cut(text)}' is not a day such as 2026-01-31, between {FirstDay.ToString(DayFormat, CultureInfo.InvariantCulture)} and {LastDay.ToString(DayFormat, CultureInfo.InvariantCulture)}."
        : null;

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day >= FirstDay && day <= LastDay ? day : null;

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

/// <summary>States as somebody asks for them.</summary>
/// <param name="Name">In addresses.</param>
/// <param name="Words">On the page.</param>
public sealed record StateChoice(string Name, string Words, IReadOnlyList<SessionState> States)
{
    /// <summary>Each state is in one of them.</summary>
    public static IReadOnlyList<StateChoice> All { get; } =
    [
        new("open", "Under way", [SessionState.Invited, SessionState.AwaitingConsent, SessionState.Ready, SessionState.Recording, SessionState.Paused, SessionState.Ending]),
        new("recorded", "Recorded", [SessionState.Recorded]),
        new("partial", "Partly recorded", [SessionState.Partial]),
        new("unrecorded", "Declined or expired", [SessionState.Declined, SessionState.Expired]),
        new("failed", "Nothing stored, or lost", [SessionState.Failed, SessionState.Lost]),
        new("deleted", "Deleted", [SessionState.Purging, SessionState.Purged]),
    ];

    public static StateChoice? Of(string name) => All.FirstOrDefault(choice => choice.Name == name);
}

/// <summary>A place in the list, in addresses: milliseconds since 1970 and the session's identifier.</summary>
internal static class PlaceText
{
    /// <summary>Name of the part that leads to older sessions.</summary>
    public const string Before = "before";

    /// <summary>Name of the part that leads to newer sessions.</summary>
    public const string After = "after";

    private static readonly long LastMoment = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static string Of(SessionKey key) => $"{key.CreatedAt.ToUnixTimeMilliseconds()}-{key.Id:N}";

    /// <summary>The place that an address names; null, and why, where it names none.</summary>
    public static SessionPlace? TryRead(string? before, string? after, out string? error)
    {
        error = null;
        if (string.IsNullOrEmpty(before) && string.IsNullOrEmpty(after)) { return SessionPlace.First; }
        if (!string.IsNullOrEmpty(before) && !string.IsNullOrEmpty(after)) { error = "The address names two places in the list. Show the sessions anew."; return null; }

        var text = string.IsNullOrEmpty(after) ? before! : after;
        if (text.Split('-') is [var time, var id] && Guid.TryParseExact(id, "N", out var session)
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= LastMoment)
        {
            return new(new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), session), Newer: !string.IsNullOrEmpty(after));
        }

        error = $"'{SessionFilter.Cut(text)}' is not a place in the list. Show the sessions anew.";
        return null;
    }
}
