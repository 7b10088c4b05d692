namespace SecureRecorder.Storage.Catalogue;

/// <summary>Which sessions are looked for; what is null or empty says nothing.</summary>
public sealed record SessionCriteria
{
    /// <summary>Number of the team.</summary>
    public int? Team { get; init; }

    /// <summary>User name of who started it.</summary>
    public string? Technician { get; init; }

    public string? Label { get; init; }

    /// <summary>How the ticket begins; capital and small letters are the same.</summary>
    public string? Ticket { get; init; }

    /// <summary>Any of them.</summary>
    public IReadOnlyList<SessionState> States { get; init; } = [];

    /// <summary>Started at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Started before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>Where a session stands in a list, of which the newest comes first.</summary>
public sealed record SessionKey(DateTimeOffset CreatedAt, Guid Id);

/// <summary>A part of a list.</summary>
/// <param name="Key">The row that was the last one before it, in the direction of reading; null: from the list's first one.</param>
/// <param name="Newer">Towards the newer ones; otherwise towards the older ones.</param>
public sealed record SessionPlace(SessionKey? Key, bool Newer)
{
    public static SessionPlace First { get; } = new(null, Newer: false);
}

/// <summary>A session in a list.</summary>
/// <param name="Duration">Seconds of its video; null: it has none.</param>
/// <param name="Size">Bytes of what was recorded; the consent is no recording.</param>
public sealed record ListedSession(Guid Id, DateTimeOffset CreatedAt, SessionState State, string? Ticket, string Technician, int? Team, string? Label, double? Duration, long Size);

/// <summary>What a search found.</summary>
public abstract record FoundSessions
{
    private FoundSessions() { }

    /// <param name="Sessions">The newest first.</param>
    /// <param name="HasMore">Whether there are more in the direction of reading.</param>
    public sealed record Some(IReadOnlyList<ListedSession> Sessions, bool HasMore) : FoundSessions;

    /// <summary>So many tickets begin so that the newest cannot be told without looking at all of them.</summary>
    public sealed record TooCommonTicket(int Limit) : FoundSessions;
}
