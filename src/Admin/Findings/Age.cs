namespace SecureRecorder.Admin.Findings;

/// <summary>How long ago something was, in words.</summary>
internal static class Age
{
    public static string Of(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalMinutes: < 2 } => "1 minute ago",
        { TotalHours: < 1 } and var minutes => $"{(int)minutes.TotalMinutes} minutes ago",
        { TotalHours: < 2 } => "1 hour ago",
        { TotalDays: < 2 } and var hours => $"{(int)hours.TotalHours} hours ago",
        var days => $"{(int)days.TotalDays} days ago",
    };
}
