using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Replay;

/// <summary>How recordings are watched. Section <c>Replay</c>; checked before the host starts.</summary>
public sealed class ReplayOptions
{
    public const string Section = "Replay";

    /// <summary>Purposes that a viewer may choose from; a purpose that is not here is refused. At least one.</summary>
    [MinLength(1)] public string[] Purposes { get; init; } = ["Quality assurance", "Complaint or dispute", "Security incident", "Training of staff"];

    /// <summary>Minutes that a replay stays open before the purpose is asked for again: 5 to 720, default 120.</summary>
    [Range(5, 720)] public int GrantMinutes { get; init; } = 120;

    /// <summary>Seconds that an unwrapped data key stays in memory: 10 to 300, default 300.</summary>
    [Range(10, 300)] public int KeySeconds { get; init; } = 300;
}

[OptionsValidator]
internal sealed partial class ReplayOptionsValidator : IValidateOptions<ReplayOptions>;
