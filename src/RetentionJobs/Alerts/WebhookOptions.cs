using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.RetentionJobs.Alerts;

/// <summary>Where alerts are posted to. Section <c>Alerts:Webhook</c>; checked before the host starts.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    public const string Section = "Alerts:Webhook";

    private const int ShortestSecret = 32;

    /// <summary>An https address; plain http on loopback only. Empty (the default): nothing is posted. It may hold a token of the receiver's in path or query, but no user name and password.</summary>
    public string? Url { get; init; }

    /// <summary>What signs every post, at least 32 characters. There is no default.</summary>
    public string? Secret { get; init; }

    /// <summary>Seconds that the receiver has to answer: 1 to 60, default 15.</summary>
    [Range(1, 60, ErrorMessage = "Alerts:Webhook:TimeoutSeconds must be 1 to 60.")] public int TimeoutSeconds { get; init; } = 15;

    /// <summary><see cref="Url"/>, read.</summary>
    internal Uri? Address => Uri.TryCreate(Url, UriKind.Absolute, out var address) ? address : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(Url)) { yield break; }

        if (Address is not { } address || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
        {
            yield return new("Alerts:Webhook:Url must be an https address, without a user name and without '#'; http is for this machine's own addresses only.", [nameof(Url)]);
        }

        if ((Secret?.Length ?? 0) < ShortestSecret) { yield return new($"Alerts:Webhook:Secret has {Secret?.Length ?? 0} characters; it must have at least {ShortestSecret}.", [nameof(Secret)]); }
    }
}

[OptionsValidator]
public sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
