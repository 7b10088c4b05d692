using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.RetentionJobs.Rewrap;

/// <summary>How hard the wrapping anew of data keys works on the vault. Section <c>Rewrap</c>.</summary>
public sealed class RewrapOptions
{
    public const string Section = "Rewrap";

    /// <summary>Data keys that are unwrapped a second at most: 1 to 1000, default 20. A vault that is shared with others may throttle them all.</summary>
    [Range(1, 1000)] public int PerSecond { get; init; } = 20;
}

[OptionsValidator]
public sealed partial class RewrapOptionsValidator : IValidateOptions<RewrapOptions>;
