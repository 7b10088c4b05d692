using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Retention;

/// <summary>Rules in words.</summary>
internal static class RetentionWords
{
    public static string Of(RetentionPart part) => part switch
    {
        RetentionPart.Screen => "Screen",
        RetentionPart.Chat => "Chat",
        _ => "Events",
    };

    /// <summary>What belongs to it.</summary>
    public static string Meaning(RetentionPart part) => part switch
    {
        RetentionPart.Screen => "the video and its thumbnails",
        RetentionPart.Chat => "what person and technician write",
        _ => "when it was paused and resumed, where a recorder writes that",
    };

    public static string Of(RetentionKind keep, RetentionPart part) => (keep, part) switch
    {
        (RetentionKind.None, RetentionPart.Screen) => "none: sessions are not recorded",
        (RetentionKind.None, _) => "none: never stored",
        (RetentionKind.Session, _) => "session: gone when the session ends",
        (RetentionKind.Days, _) => "days: until the end of a day",
        _ => "indefinite: without a date",
    };

    /// <summary>How long something is kept.</summary>
    public static string Length(RetentionRule rule) => rule.Keep switch
    {
        RetentionKind.None => rule.Part is RetentionPart.Screen ? "Sessions are not recorded" : "Never stored",
        RetentionKind.Session => "Until the session ends",
        RetentionKind.Days => Days(rule.Days!.Value),
        _ => $"Without a date, because: {rule.LegalBasis}. Review on {rule.ReviewOn:d MMMM yyyy}",
    };

    /// <summary>Its limits; empty: it has none.</summary>
    public static string Limits(RetentionRule rule) => (rule.MinimumDays, rule.MaximumDays) switch
    {
        (null, null) => "",
        ({ } least, null) => $"at least {Days(least)}",
        (null, { } most) => $"at most {Days(most)}",
        ({ } least, { } most) => $"{least} to {Days(most)}",
    };

    public static string Days(int days) => days == 1 ? "1 day" : $"{days} days";

    public static bool IsOverdue(RetentionRule rule, DateOnly today) => rule.ReviewOn < today;
}
