using Microsoft.EntityFrameworkCore;
using SecureRecorder.Storage.Catalogue;
using SecureRecorder.Storage.Tracks;

namespace SecureRecorder.Admin.Replay;

/// <summary>What happened in a session while it was recorded: who came, who paused it and went on, how it ended. Taken from the audit trail, put on the session's clock.</summary>
internal static class SessionEvents
{
    private const int Most = 500;

    private static readonly string[] Actions = ["code.redeemed", "consent.given", "consent.declined", "participant.left", "session.paused", "session.resumed", "session.ended", "consent.withdrawn"];

    /// <summary>In order of time; what was before the recording is left out.</summary>
    public static async Task<IReadOnlyList<SessionEvent>> OfAsync(CatalogueDb catalogue, RecordedSession session, CancellationToken cancellation)
    {
        if (session.StartedAt is not { } zero) { return []; }

        var rows = await catalogue.Audit.AsNoTracking()
            .Where(row => row.Session == session.Id && row.Outcome == "allowed" && Actions.Contains(row.Action)).OrderBy(row => row.Id).Take(Most).ToListAsync(cancellation);
        return Of(rows, session.Technician, zero);
    }

    /// <summary>Whether a row says something that happened in a session.</summary>
    public static bool IsOne(AuditRow row) => row.Outcome == "allowed" && Actions.Contains(row.Action);

    /// <param name="rows">Of one session, in order.</param>
    /// <param name="technician">Account that started it; null: not known.</param>
    /// <param name="zero">The session clock's zero.</param>
    public static IReadOnlyList<SessionEvent> Of(IEnumerable<AuditRow> rows, string? technician, DateTimeOffset zero) =>
        [.. from row in rows
            let text = TextOf(row, technician)
            where text is not null && row.At >= zero
            select new SessionEvent(Math.Round((row.At - zero).TotalSeconds, 3), text)];

    private static string? TextOf(AuditRow row, string? technician) => (row.Action, row.Actor) switch
    {
        ("code.redeemed", "participant") => $"{Person(row.Detail)} joined",
        ("consent.given", _) => $"{Person(row.Detail?.Split(':')[0])} allowed the recording",
        ("consent.declined", _) => $"{Person(row.Detail)} did not allow the recording",
        ("participant.left", _) => $"{Person(row.Detail)} left",
        ("consent.withdrawn", _) => $"{Person(row.Detail)} withdrew the consent",
        ("session.paused", "server") => "The connection was lost",
        ("session.resumed", "server") => "The connection is back",
        ("session.paused", _) => $"Paused by {Actor(row, technician)}",
        ("session.resumed", _) => $"Resumed by {Actor(row, technician)}",
        ("session.ended", _) => row.Detail switch
        {
            TrackEnd.ConnectionLost => "Ended: the connection was lost",
            _ => $"Ended by {(row.Actor == "participant" ? "the recorded person" : Actor(row, technician))}",
        },
        _ => null,
    };

    private static string Actor(AuditRow row, string? technician) => row.Actor switch
    {
        "participant" => LowerFirst(Person(row.Detail)),
        "server" => "the server",
        "recorder" => "the recorder",
        var account when account == technician => "the technician",
        var account => account,
    };

    /// <summary><c>p2</c> in words.</summary>
    private static string Person(string? name) => name switch
    {
        ['p', not '1', ..] => $"Recorded person {name[1..]}",
        ['g', '1'] => "The guardian",
        ['g', ..] => $"Guardian {name[1..]}",
        _ => "The recorded person",
    };

    private static string LowerFirst(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}

/// <summary>Something that happened. <paramref name="At"/>: seconds on the session's clock.</summary>
internal sealed record SessionEvent(double At, string Text);
