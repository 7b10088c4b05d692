using System.ComponentModel.DataAnnotations;

namespace SecureRecorder.Storage.Objects;

/// <summary>The organization's bucket and how to reach it. Section <c>Location</c>; checked before the host starts.</summary>
public sealed class S3LocationOptions : IValidatableObject
{
    public const string Section = "Location";

    /// <summary>The S3 server: <c>https://…</c>; plain <c>http://</c> on loopback only. No path, no query.</summary>
    [Required] public Uri? Endpoint { get; init; }

    /// <summary>The region that the bucket must be in, as its server names it.</summary>
    [Required, RegularExpression("^[a-z0-9][a-z0-9-]{0,39}$")] public string Region { get; init; } = "";

    /// <summary>3 to 63 characters of a-z, 0-9, dot and hyphen, as S3 demands.</summary>
    [Required, RegularExpression("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")] public string Bucket { get; init; } = "";

    /// <summary>What all object names begin with: empty (the default), or up to 200 characters of parts that end in <c>/</c>.</summary>
    [RegularExpression("^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)*$"), MaxLength(200)] public string Prefix { get; init; } = "";

    [Required] public string AccessKeyId { get; init; } = "";

    [Required] public string SecretAccessKey { get; init; } = "";

    /// <summary>Whether a bucket that is created keeps versions. Default: no.</summary>
    public bool Versioning { get; init; }

    /// <summary>Whether a bucket that is created can lock objects against deletion (it keeps versions then). Default: no.</summary>
    public bool ObjectLock { get; init; }

    /// <summary>Whether the server closes the bucket itself, by the least change that does it, when a look finds it public. Default: no.</summary>
    public bool CloseAutomatically { get; init; }

    /// <summary>Seconds that one request may take: 1 to 300, default 30.</summary>
    [Range(1, 300)] public int RequestTimeoutSeconds { get; init; } = 30;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null) { yield break; }

        if (!Endpoint.IsAbsoluteUri || (Endpoint.Scheme != Uri.UriSchemeHttps && Endpoint.Scheme != Uri.UriSchemeHttp)
            || Endpoint.PathAndQuery != "/" || Endpoint.UserInfo.Length > 0)
        {
            yield return new($"Location:Endpoint ('{Endpoint}') is not https://host or https://host:port.", [nameof(Endpoint)]);
        }
        else if (Endpoint.Scheme == Uri.UriSchemeHttp && !Endpoint.IsLoopback)
        {
            yield return new($"Location:Endpoint ('{Endpoint}') is plain http and not on this machine: upload addresses would travel in clear. Use https.", [nameof(Endpoint)]);
        }
    }
}
