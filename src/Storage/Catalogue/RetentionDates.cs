namespace SecureRecorder.Storage.Catalogue;

/// <summary>What follows from a policy for a session's tracks. Days are counted since 1970-01-01, UTC; a track is kept until the end of its last day.</summary>
public static class RetentionDates
{
    /// <summary>States in which a session is over and something of it may be stored.</summary>
    public static readonly IReadOnlyList<SessionState> Kept = [SessionState.Recorded, SessionState.Partial, SessionState.Failed, SessionState.Lost];

    internal const long MillisecondsADay = 86_400_000;

    /// <summary>The day of a moment.</summary>
    /// <remarks>In queries it is a division; see <see cref="RetentionTables"/>.</remarks>
    public static long DayOf(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() / MillisecondsADay;

    /// <summary>The last moment of a day.</summary>
    public static DateTimeOffset EndOf(long day) => DateTimeOffset.FromUnixTimeMilliseconds(((day + 1) * MillisecondsADay) - 1);

    /// <summary>The first moment of a day.</summary>
    public static DateTimeOffset BeginningOf(long day) => DateTimeOffset.FromUnixTimeMilliseconds(day * MillisecondsADay);

    /// <summary>The part that a track belongs to; null: the consent, which is kept as long as anything.</summary>
    public static RetentionPart? PartOf(string track) => track switch
    {
        "video" or "thumbnails" => RetentionPart.Screen,
        "chat" => RetentionPart.Chat,
        "events" => RetentionPart.Events,
        _ => null,
    };

    /// <summary>The chat's rule, as what becomes of a message.</summary>
    public static ChatKeeping ChatOf(RetentionKind keep) => keep switch
    {
        RetentionKind.None => ChatKeeping.Nothing,
        RetentionKind.Session => ChatKeeping.Session,
        _ => ChatKeeping.Recording,
    };

    /// <summary>Until when something is kept; null: without a date.</summary>
    /// <param name="shownDay">The day on which the notice was shown.</param>
    /// <param name="end">When the session ended.</param>
    public static DateTimeOffset? Until(this RetentionRule rule, long shownDay, DateTimeOffset end) => rule.Keep switch
    {
        RetentionKind.Indefinite => null,
        RetentionKind.Days => EndOf(shownDay + rule.Days!.Value),
        _ => end,
    };

    /// <summary>Gives a session that ended its dates: the latest of its tracks is its own, and a track that goes before has one beside it.</summary>
    /// <param name="session">With its tracks.</param>
    /// <param name="until">Until when a part is kept; null: without a date.</param>
    public static void SetDates(this RecordedSession session, Func<RetentionPart, DateTimeOffset?> until)
    {
        var stored = session.Tracks.Where(track => track.PurgeBeganAt is null).ToList();
        var dates = stored.Where(track => PartOf(track.Name) is not null).ToDictionary(track => track.Name, track => until(PartOf(track.Name)!.Value), StringComparer.Ordinal);
        session.KeepUntil = dates.Count == 0 ? until(RetentionPart.Screen) : dates.Values.Any(date => date is null) ? null : dates.Values.Max();
        foreach (var track in stored) { track.KeepUntil = dates.GetValueOrDefault(track.Name) is { } date && date != session.KeepUntil ? date : null; }
        session.LastSize = stored.Where(track => track.KeepUntil is null).Sum(track => track.Size);
    }

    /// <summary>The same for a session whose notice showed this version.</summary>
    /// <param name="policy">With its rules; null: one from before there were policies, whose date is its own.</param>
    public static void SetDates(this RecordedSession session, RetentionPolicy? policy, DateTimeOffset now)
    {
        var end = session.EndedAt ?? now;
        var said = session.KeepUntil;
        if (policy is null || session.ShownDay is not { } day || said <= now) { session.SetDates(_ => said); } // who had it erased before the end had it erased
        else { session.SetDates(part => policy.Of(part).Until(day, end)); }
    }
}
