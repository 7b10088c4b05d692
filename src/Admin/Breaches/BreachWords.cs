using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Breaches;

/// <summary>Where a breach stands, and what its clock shows, in words.</summary>
internal static class BreachWords
{
    public static string StateOf(Breach breach) => breach.State switch
    {
        BreachState.Open => "Not assessed",
        BreachState.Assessed when breach.Risk is true => "Risk, not notified",
        BreachState.Assessed => "No risk",
        BreachState.Notified => "Authority notified",
        _ => "Closed",
    };

    public static string ToneOf(Breach breach) => breach.State switch
    {
        BreachState.Closed => "green",
        BreachState.Notified => "azure",
        BreachState.Assessed when breach.Risk is false => "azure",
        _ => "red",
    };

    /// <summary>Whether its clock still runs: not once the authority was notified, or there is no risk.</summary>
    public static bool IsRunning(Breach breach) => breach is { NotifiedAt: null, Risk: not false } && breach.State is not BreachState.Closed;

    /// <summary><c>47 h 12 min left</c>, <c>3 h 5 min over</c>.</summary>
    public static string ClockOf(Breach breach, DateTimeOffset now)
    {
        var left = breach.NotifyBy - now;
        return $"{Span(left.Duration())} {(left < TimeSpan.Zero ? "over" : "left")}";
    }

    /// <summary>How long it was, or may have been, public.</summary>
    public static string ExposureOf(Breach breach, DateTimeOffset now)
    {
        var until = breach.EndedAt ?? now;
        return breach.PrivateAt is { } since ? $"at most {Span(until - since)}" : $"at least {Span(until - breach.OpenedAt)}; when it began is not known";
    }

    public static string Time(DateTimeOffset time) => $"{time.UtcDateTime:d MMM yyyy, HH:mm} UTC";

    private static string Span(TimeSpan span) => span.TotalDays >= 4 ? $"{(int)span.TotalDays} days {span.Hours} h" : span.TotalHours >= 1 ? $"{(int)span.TotalHours} h {span.Minutes} min" : $"{Math.Max(1, (int)Math.Ceiling(span.TotalMinutes))} min";
}
