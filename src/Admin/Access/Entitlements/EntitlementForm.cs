using System.Globalization;
using System.Text.RegularExpressions;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Access.Entitlements;

/// <summary>What the form for a right to watch sends.</summary>
public sealed partial class EntitlementForm
{
    /// <summary>Days that a right lasts at most. Whoever still needs it then asks for it again.</summary>
    public const int LongestDays = 366;

    /// <summary><c>account:USER</c> or <c>team:NUMBER</c>.</summary>
    public string? For { get; set; }

    /// <summary><c>team:NUMBER</c>, <c>label:NAME</c> or <c>session</c>.</summary>
    public string? Of { get; set; }

    /// <summary>A session's address or number, where <see cref="Of"/> is <c>session</c>.</summary>
    public string? SessionAddress { get; set; }

    public bool Video { get; set; }
    public bool Chat { get; set; }

    /// <summary>The last day, as <c>yyyy-MM-dd</c>.</summary>
    public string? Until { get; set; }

    public string? Reason { get; set; }

    internal string? SubjectAccount => After(For, "account:");
    internal int? SubjectTeam => Number(After(For, "team:"));
    internal EntitlementScope? Scope => Of == "session" ? EntitlementScope.Session : ScopeTeam is not null ? EntitlementScope.Team : ScopeLabel is not null ? EntitlementScope.Label : null;
    internal int? ScopeTeam => Number(After(Of, "team:"));
    internal string? ScopeLabel => After(Of, "label:");
    internal Guid? Session => SessionIn(SessionAddress);

    /// <summary>The end of the last day, UTC; the beginning of time where none was given.</summary>
    internal DateTimeOffset ExpiresAt => DateOnly.TryParseExact(Until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue
        ? new(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : default;

    /// <summary>The session that an address of one of its pages, or its number, names.</summary>
    internal static Guid? SessionIn(string? typed) => typed is { Length: < 300 } && SessionPattern().Match(typed) is { Success: true } match ? Guid.Parse(match.Value) : null;

    internal IEnumerable<string> Errors(DateTimeOffset now)
    {
        if (!Video && !Chat) { yield return "Choose what of the sessions: the video, the chat, or both."; }
        if (ExpiresAt <= now || ExpiresAt > now.AddDays(LongestDays + 1)) { yield return $"Choose the last day of the right: today at the earliest, {LongestDays} days from now at the latest."; }
        if (string.IsNullOrWhiteSpace(Reason) || Reason.Trim().Length > Entitlement.ReasonLimit || Reason.Any(char.IsControl)) { yield return $"Say why, on one line of at most {Entitlement.ReasonLimit} characters."; }
    }

    private static string? After(string? value, string prefix) => value?.StartsWith(prefix, StringComparison.Ordinal) is true ? value[prefix.Length..] : null;

    private static int? Number(string? digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}", RegexOptions.None, 1000)]
    private static partial Regex SessionPattern();
}
