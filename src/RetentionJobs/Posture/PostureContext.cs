using System.Text.Json;

namespace SecureRecorder.RetentionJobs.Posture;

/// <summary>What is known of the bucket beside the document, and what the organization demands of it. What is absent is not known, or not demanded.</summary>
/// <param name="json">A JSON object, or nothing.</param>
/// <param name="probe">What one request without credentials got: <c>{"list":…,"get":…,"put":…}</c>, or nothing.</param>
public sealed class PostureContext(JsonElement json, JsonElement probe = default)
{
    private static readonly string[] ProbeActions = ["list", "get", "put"];

    /// <summary><c>aws</c>, <c>minio</c>, <c>ceph</c>, <c>garage</c>, <c>seaweedfs</c>, <c>versitygw</c>, or <c>any</c>: then it is judged as AWS does.</summary>
    public string Server => Text("server") ?? "any";

    public bool IsMinio => Server == "minio";
    public bool IsCeph => Server == "ceph";
    public bool IsGarage => Server == "garage";

    /// <summary>Versity reads no conditions in policies.</summary>
    public bool IgnoresConditions => Server is "versitygw" or "versity";

    /// <summary>Whether the server has a public access block that does anything.</summary>
    public bool HasPublicAccessBlock => Server is not ("minio" or "garage" or "seaweedfs" or "versitygw" or "versity");

    public string Bucket => Text("bucket") ?? "";

    /// <summary>The organization's own account, 12 digits.</summary>
    public string? Account => Text("account_id");

    /// <summary>The organization's own organization in AWS.</summary>
    public string? Organization => Text("org_id");

    public bool IsAccessPoint => Text("scope") == "access_point";
    public bool IsObject => Text("scope") == "object";

    /// <summary>Rule families to report; empty: all.</summary>
    public IReadOnlyList<string> Focus => Texts("focus");

    public IReadOnlyList<string> Prefixes => Texts("prefixes") is { Count: > 0 } prefixes ? prefixes : [""];

    /// <summary>Days that a recording must be readable.</summary>
    public int? MinimumDays => Number("min_retention_days");

    /// <summary>Days after which nothing of it may be left.</summary>
    public int? MaximumDays => Number("max_retention_days");

    /// <summary>Whether a region is one of those in which recordings may lie; <see langword="null"/>: no region is demanded.</summary>
    public bool? IsAllowedRegion(string region) =>
        Text("pinned_region") is { } pinned && string.Equals(pinned, region, StringComparison.OrdinalIgnoreCase) ? true
        : Texts("allowed_regions") is { Count: > 0 } allowed ? allowed.Contains(region, StringComparer.OrdinalIgnoreCase)
        : Text("pinned_region") is null ? null : false;

    /// <summary>Where another bucket of the organization lies; <see langword="null"/>: it is not known.</summary>
    public string? RegionOf(string bucket) => json.Member("bucket_regions").Member(bucket).AsText();

    /// <summary>Whether an account is the organization's own, or one that it trusts.</summary>
    public bool Trusts(string account) => account == Account || Texts("trusted_accounts").Contains(account, StringComparer.Ordinal);

    /// <summary>Whether a stranger was let in; <see langword="false"/> also where nobody tried.</summary>
    public bool StrangerWasLetIn => ProbeActions.Any(action => Probe.Member(action).AsFlag() is true);

    public string? Text(string name) => json.Member(name).AsText();

    public bool? Flag(string name) => json.Member(name).AsFlag();

    public int? Number(string name) => json.Member(name).AsNumber();

    public IReadOnlyList<string> Texts(string name) => [.. json.Member(name).Each().Select(value => value.AsText()).OfType<string>()];

    /// <summary>A document of the same bucket, or a table; undefined where there is none.</summary>
    public JsonElement Document(string name) => json.Member(name);

    private JsonElement Probe => probe.ValueKind is JsonValueKind.Object ? probe : json.Member("probe");
}
