using System.Globalization;
using SecureRecorder.Admin.Access.Entitlements;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Holds;

/// <summary>What the form for a legal hold sends. All that is filled in must apply to a session; a single session stands alone.</summary>
public sealed class HoldForm
{
    /// <summary>Days until a review at most: a hold is not forgotten.</summary>
    public const int LongestDays = 366;

    internal static readonly string ReasonNeeded = $"Say why, in at most {LegalHold.ReasonLimit} characters.";
    internal static readonly string ReviewNeeded = $"Choose the day of the review: tomorrow at the earliest, {LongestDays} days from now at the latest.";

    /// <summary>A session's address or number.</summary>
    public string? SessionAddress { get; set; }

    /// <summary>A team's number.</summary>
    public string? Team { get; set; }

    public string? Label { get; set; }

    /// <summary>First day of the sessions, as <c>yyyy-MM-dd</c>, UTC.</summary>
    public string? From { get; set; }

    /// <summary>Last day of the sessions.</summary>
    public string? To { get; set; }

    public string? Reason { get; set; }

    /// <summary>User name.</summary>
    public string? Owner { get; set; }

    /// <summary>Day of the review.</summary>
    public string? Review { get; set; }

    internal bool NamesSession => !string.IsNullOrWhiteSpace(SessionAddress);
    internal bool NamesMany => new[] { Team, Label, From, To }.Any(typed => !string.IsNullOrWhiteSpace(typed));
    internal Guid? Session => EntitlementForm.SessionIn(SessionAddress);
    internal int? TeamNumber => int.TryParse(Team, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    internal DateTimeOffset? FromTime => DayOf(From);
    internal DateTimeOffset? UntilTime => DayOf(To)?.AddDays(1);
    internal DateTimeOffset? ReviewAt => DayOf(Review);

    internal IEnumerable<string> Errors(DateTimeOffset now)
    {
        if (NamesSession == NamesMany) { yield return "Name what is held: one session by its address, or a team, a label or days; not both."; }
        if (!string.IsNullOrWhiteSpace(From) && FromTime is null) { yield return "The first day is no date like 2026-01-31."; }
        if (!string.IsNullOrWhiteSpace(To) && UntilTime is null) { yield return "The last day is no date like 2026-01-31."; }
        if (FromTime >= UntilTime) { yield return "The last day is before the first one."; }
        if (!IsReason(Reason)) { yield return ReasonNeeded; }
        if (!IsReview(ReviewAt, now)) { yield return ReviewNeeded; }
    }

    internal static bool IsReason(string? text) => !string.IsNullOrWhiteSpace(text) && text.Trim().Length <= LegalHold.ReasonLimit && !text.Any(c => char.IsControl(c) && c is not ('\r' or '\n'));

    internal static bool IsReview(DateTimeOffset? at, DateTimeOffset now) => at > now && at <= now.AddDays(LongestDays);

    internal static DateTimeOffset? DayOf(string? typed) =>
        DateOnly.TryParseExact(typed?.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 9999 ? new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
