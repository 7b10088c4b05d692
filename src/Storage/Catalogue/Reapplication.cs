namespace SecureRecorder.Storage.Catalogue;

/// <summary>What a version of a policy makes of a recording that there is already. What its notice showed is a promise: nothing is kept longer than that; nothing goes before the least number of days of that version; and what is due already stays so.</summary>
public static class Reapplication
{
    /// <summary>As a number of days: without a date.</summary>
    public const int Forever = 1_000_000;

    /// <summary>How long a rule keeps something, in days; 0: it goes with the session's end.</summary>
    public static int LengthOf(RetentionRule rule) => rule.Keep switch
    {
        RetentionKind.Indefinite => Forever,
        RetentionKind.Days => rule.Days!.Value,
        _ => 0,
    };

    /// <summary>How long something is kept.</summary>
    /// <param name="shown">The rule that its notice showed.</param>
    /// <param name="wanted">The rule that is applied.</param>
    public static int LengthOf(RetentionRule shown, RetentionRule wanted) => Math.Max(Math.Min(LengthOf(wanted), LengthOf(shown)), LeastOf(shown));

    /// <summary>The least of a version is never more than what it says of how long.</summary>
    public static int LeastOf(RetentionRule shown) => Math.Min(shown.MinimumDays ?? 0, LengthOf(shown));

    /// <summary>Gives the session the dates that follow.</summary>
    /// <param name="session">One that is over and not due, with its tracks.</param>
    /// <param name="shown">The version that its notice showed, with its rules; null: one from before there were policies, whose date as it stands is the promise.</param>
    /// <param name="wanted">The version that is applied, with its rules.</param>
    public static Change Apply(RecordedSession session, RetentionPolicy? shown, RetentionPolicy wanted, DateTimeOffset now)
    {
        var before = DatesOf(session);
        var change = default(Change);
        session.SetDates(part =>
        {
            var stored = session.Tracks.FirstOrDefault(track => RetentionDates.PartOf(track.Name) == part && track.PurgeBeganAt is null);
            var (until, promised, atMinimum) = Until(session, shown, wanted.Of(part), stored is null ? session.KeepUntil : before[stored.Name], now);
            change = change with { Promised = change.Promised || (promised && stored is not null), AtMinimum = change.AtMinimum || (atMinimum && stored is not null) };
            return until;
        });
        foreach (var (name, until) in DatesOf(session).Where(date => RetentionDates.PartOf(date.Key) is not null))
        {
            change = change with { Shortened = change.Shortened || Key(until) < Key(before[name]), Lengthened = change.Lengthened || Key(until) > Key(before[name]) };
        }

        return change;
    }

    private static (DateTimeOffset? Until, bool Promised, bool AtMinimum) Until(RecordedSession session, RetentionPolicy? shown, RetentionRule wanted, DateTimeOffset? current, DateTimeOffset now)
    {
        if (current <= now) { return (current, false, false); }
        if (shown is null || session.ShownDay is not { } day)
        {
            var asked = Date(session, RetentionDates.DayOf(session.CreatedAt), LengthOf(wanted));
            return Key(asked) > Key(current) ? (current, true, false) : (asked, false, false);
        }

        var length = LengthOf(shown.Of(wanted.Part), wanted);
        return (Date(session, day, length), LengthOf(wanted) > length, LengthOf(wanted) < length);
    }

    private static DateTimeOffset? Date(RecordedSession session, long day, int length) => length switch
    {
        Forever => null,
        0 => session.EndedAt ?? session.CreatedAt,
        _ => RetentionDates.EndOf(day + length),
    };

    private static Dictionary<string, DateTimeOffset?> DatesOf(RecordedSession session) => session.Tracks.ToDictionary(track => track.Name, track => track.KeepUntil ?? session.KeepUntil, StringComparer.Ordinal);

    private static DateTimeOffset Key(DateTimeOffset? until) => until ?? DateTimeOffset.MaxValue;

    /// <summary>What came of it.</summary>
    public readonly record struct Change(bool Shortened, bool Lengthened, bool Promised, bool AtMinimum);
}
