using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SecureRecorder.Admin.Consent;

/// <summary>The words that a person reads before anything is collected. Section <c>Notice</c>; with an empty field the server does not start.</summary>
/// <remarks>Only the organization knows <see cref="Controller"/>, <see cref="Contact"/> and <see cref="ComplaintAuthority"/>: they have no default. Change <see cref="Version"/> with every change of the words.</remarks>
public sealed class NoticeOptions : IValidatableObject
{
    public const string Section = "Notice";
    private const int Longest = 1000;

    /// <summary>Which notice this is, in receipts: 1 to 64 of a-z, 0-9 and '-'.</summary>
    [RegularExpression("^[a-z0-9-]{1,64}$", ErrorMessage = "Notice:Id must be 1 to 64 characters of a-z, 0-9 and '-'.")]
    public string Id { get; init; } = "support-recording";

    /// <summary>1 to 1000000, default 1.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Notice:Version is {0}; it must be {1} to {2}.")]
    public int Version { get; init; } = 1;

    /// <summary>Language of the words, as in BCP 47. Default <c>en</c>.</summary>
    [RegularExpression("^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", ErrorMessage = "Notice:Language must be a language tag such as en or de.")]
    public string Language { get; init; } = "en";

    /// <summary>The organization that records: name and address. Must be configured.</summary>
    public string Controller { get; init; } = "";

    /// <summary>Whom to ask, e.g. the data protection officer's address. Must be configured.</summary>
    public string Contact { get; init; } = "";

    /// <summary>Where to complain. Must be configured.</summary>
    public string ComplaintAuthority { get; init; } = "";

    public string What { get; init; } = "What is on the screen, or on the part of it, that you share with your technician. No sound, no camera, no keystrokes.";
    /// <summary>Said beside <see cref="What"/> where chat becomes part of the recording.</summary>
    public string WhatChat { get; init; } = "Your chat with the technician while the recording runs. Card numbers, passwords and similar are removed before anybody sees them.";

    public string Purpose { get; init; } = "To document the support that you get, to settle questions about it later, and to make it better.";
    public string LegalBasis { get; init; } = "Your consent (Article 6(1)(a) of the GDPR).";
    public string WhoMayWatch { get; init; } = "Your technician, and those in the organization who handle quality, complaints or security. Each of them must state a purpose, and every viewing is logged.";
    public string Risks { get; init; } = "Anything on your screen can be recorded: close what is private, and type no passwords.";
    public string Declining { get; init; } = "Declining costs you nothing: the support goes on, unrecorded. If you allow it, you can pause or end the recording at any time.";
    public string Rights { get; init; } = "You can withdraw your consent at any time, and ask for a copy, for correction or for erasure of the recording.";

    /// <summary>Days that a recording is kept: 1 to 3650, default 90.</summary>
    [Range(1, 3650, ErrorMessage = "Notice:RetentionDays must be {1} to {2}.")]
    public int RetentionDays { get; init; } = 90;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Key, string Value)[] fields =
        [
            (nameof(Controller), Controller), (nameof(Contact), Contact), (nameof(ComplaintAuthority), ComplaintAuthority), (nameof(What), What), (nameof(WhatChat), WhatChat),
            (nameof(Purpose), Purpose), (nameof(LegalBasis), LegalBasis), (nameof(WhoMayWatch), WhoMayWatch), (nameof(Risks), Risks),
            (nameof(Declining), Declining), (nameof(Rights), Rights),
        ];
        foreach (var (key, value) in fields)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return new($"Notice:{key} is empty. A notice with an empty field is not shown to anybody: set {Section}__{key} in the environment, or Notice:{key} in appsettings.json.", [key]);
            }
            else if (value.Length > Longest || value.Any(char.IsControl))
            {
                yield return new($"Notice:{key} has {value.Length} characters; it may have {Longest}, on one line.", [key]);
            }
        }
    }

    /// <summary>The last moment (UTC) of the last day on which a recording of now is kept.</summary>
    public DateTimeOffset KeepUntil(DateTimeOffset now) => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(RetentionDays + 1).AddMilliseconds(-1);
}

[OptionsValidator]
internal sealed partial class NoticeOptionsValidator : IValidateOptions<NoticeOptions>;
