using System.Globalization;

namespace SecureRecorder.Admin.Breaches;

/// <summary>A time as the field <c>datetime-local</c> of a form has it, in UTC.</summary>
internal static class FormTime
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    public static bool TryRead(string? typed, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(typed, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
