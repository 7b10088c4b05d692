using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Replay;

/// <summary>How recordings are watched. Section <c>Replay</c>; checked before the host starts.</summary>
public sealed class ReplayOptions : IValidatableObject
{
    public const string Section = "Replay";

    /// <summary>For what sessions may be watched whose notice names no purposes, and what the first notice names, in <c>Notice:Language</c>. 1 to 12, of 80 characters at most; default: four that SecureRecorder names, in every language.</summary>
    [MinLength(1), MaxLength(NoticeWords.MostPurposes)] public string[]? Purposes { get; init; }

    /// <summary><see cref="Purposes"/>, or those that SecureRecorder names, in English.</summary>
    internal IReadOnlyList<string> PurposesWithoutNotice => Purposes ?? ParticipantLanguage.English.Defaults.ReadPurposes();

    /// <summary>Minutes that a replay stays open before the purpose is asked for again: 5 to 720, default 120.</summary>
    [Range(5, 720)] public int GrantMinutes { get; init; } = 120;

    /// <summary>Seconds that an unwrapped data key stays in memory: 10 to 300, default 300.</summary>
    [Range(10, 300)] public int KeySeconds { get; init; } = 300;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var purpose in (Purposes ?? []).Where(purpose => string.IsNullOrWhiteSpace(purpose) || purpose.Trim().Length > NoticeWords.LongestPurpose || purpose.Any(char.IsControl)))
        {
            yield return new($"Replay:Purposes has '{purpose}', of {purpose.Length} characters; a purpose has 1 to {NoticeWords.LongestPurpose}, on one line.", [nameof(Purposes)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class ReplayOptionsValidator : IValidateOptions<ReplayOptions>;
