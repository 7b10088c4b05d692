using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>Holds in words.</summary>
internal static class HoldText
{
    /// <summary>Which sessions it holds: “sessions of Second line, with the label Payroll, from 1 March 2026 to 31 March 2026”.</summary>
    /// <param name="teams">Names by number.</param>
    public static string Scope(LegalHold hold, IReadOnlyDictionary<int, string> teams)
    {
        if (hold.Session is { } session) { return $"session {session}"; }

        List<string> parts = [];
        if (hold.Team is { } team) { parts.Add($"of {EntitlementWords.Team(team, teams)}"); }
        if (hold.Label is { } label) { parts.Add($"with the label {label}"); }
        if ((hold.From, hold.Until) is not (null, null)) { parts.Add(Days(hold.From, hold.Until)); }
        return $"sessions {string.Join(", ", parts)}";
    }

    public static string Day(DateTimeOffset time) => $"{time.UtcDateTime:d MMMM yyyy}";

    private static string Days(DateTimeOffset? from, DateTimeOffset? until) => (from, until?.AddTicks(-1)) switch
    {
        ({ } first, { } last) when first.UtcDateTime.Date == last.UtcDateTime.Date => $"of {Day(first)}",
        ({ } first, { } last) => $"from {Day(first)} to {Day(last)}",
        ({ } first, null) => $"from {Day(first)} on",
        (null, { } last) => $"until {Day(last)}",
        _ => "",
    };
}
