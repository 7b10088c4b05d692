using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture.Checks;

/// <summary>One rule of a bucket's lifecycle that is on.</summary>
/// <param name="IsFiltered">Whether it is about some of the objects below its prefix only.</param>
/// <param name="ExpiresOn">Whether objects end on a date, not at an age.</param>
/// <param name="Days">Age at which the current version ends.</param>
/// <param name="AllVersions">Whether the versions before it end with it.</param>
/// <param name="NoncurrentDays">Days after which a version that is not the current one any more ends.</param>
/// <param name="KeepsNoncurrent">Whether some of those are kept for ever.</param>
internal sealed record LifecycleRule(
    string Prefix, bool IsFiltered, bool ExpiresOn, int? Days, bool AllVersions, int? NoncurrentDays, bool KeepsNoncurrent, bool Archives, bool AbortsUploads)
{
    private static readonly string[] Archive = ["GLACIER", "DEEP_ARCHIVE"];

    public bool Expires => Days is not null || ExpiresOn;

    /// <summary>The rules that are on, as this server reads them.</summary>
    public static IEnumerable<LifecycleRule> Read(JsonElement document, PostureContext context) =>
        document.Unwrap("LifecycleConfiguration").Find("Rules", "Rule").Each("Rule").Where(rule => rule.Find("Status").AsText() == "Enabled").Select(rule => One(rule, context));

    /// <summary>Whether it is about everything below a prefix, as far as prefixes go.</summary>
    public bool IsAboutAllOf(string prefix) => prefix.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is about anything below a prefix.</summary>
    public bool Touches(string prefix) => IsAboutAllOf(prefix) || Prefix.StartsWith(prefix, StringComparison.Ordinal);

    private static LifecycleRule One(JsonElement rule, PostureContext context)
    {
        var filter = rule.Find("Filter");
        var and = filter.Find("And");
        var (expiration, noncurrent) = (rule.Find("Expiration"), rule.Find("NoncurrentVersionExpiration"));
        return new(
            filter.Find("Prefix").AsText() ?? and.Find("Prefix").AsText() ?? rule.Find("Prefix").AsText() ?? "",
            IsFilter(filter, context) || IsFilter(and, context),
            expiration.Find("Date").AsText() is { Length: > 0 },
            expiration.Find("Days").AsNumber(),
            expiration.Find("ExpiredObjectAllVersions").AsFlag() is true,
            noncurrent.Find("NoncurrentDays", "Days").AsNumber(),
            noncurrent.Find("NewerNoncurrentVersions").AsNumber() > 0 && !context.IsCeph, // which drops it silently
            rule.Find("Transitions", "Transition").Each("Transition").Any(to => Archive.Contains(to.Find("StorageClass").AsText())),
            rule.Find("AbortIncompleteMultipartUpload").Find("DaysAfterInitiation").AsNumber() is not null);
    }

    private static bool IsFilter(JsonElement filter, PostureContext context) =>
        !filter.Find("Tag", "Tags").IsNothing()
        || (!context.IsCeph && (filter.Find("ObjectSizeGreaterThan").AsNumber() > 0 || filter.Find("ObjectSizeLessThan").AsNumber() is not null)); // which drops sizes silently
}
