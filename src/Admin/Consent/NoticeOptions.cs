using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SecureRecorder.Admin.Consent.Language;
using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent;

/// <summary>What the first version of the notice is made of, and how long the first retention policy keeps recordings. Section <c>Notice</c>; with an empty field the server does not start.</summary>
/// <remarks>
/// Only the organization knows <see cref="Controller"/>, <see cref="Contact"/> and <see cref="ComplaintAuthority"/>: they have no default.
/// On the first start the words are published, in every language, as version <see cref="Version"/>. From then on the published versions win, and are edited
/// in the browser: words that are changed here later change nothing, unless <see cref="Id"/> is changed too, which begins another notice.
/// Where any of the words from <see cref="What"/> to <see cref="Rights"/> is set, only <see cref="Language"/> is published: the default words of the other
/// languages would say something else. They wait as drafts.
/// </remarks>
public sealed class NoticeOptions : IValidatableObject
{
    public const string Section = "Notice";

    /// <summary>Which notice this is, in receipts: 1 to 64 of a-z, 0-9 and '-'.</summary>
    [RegularExpression("^[a-z0-9-]{1,64}$", ErrorMessage = "Notice:Id must be 1 to 64 characters of a-z, 0-9 and '-'.")]
    public string Id { get; init; } = "support-recording";

    /// <summary>Number of the first version: 1 to 1000000, default 1.</summary>
    [Range(1, 1_000_000, ErrorMessage = "Notice:Version is {0}; it must be {1} to {2}.")]
    public int Version { get; init; } = 1;

    /// <summary>Language of the words that are set here, and of people whose browser asks for none that there is: en, de, fr or es; default <c>en</c>.</summary>
    [RegularExpression("^(en|de|fr|es)$", ErrorMessage = "Notice:Language must be en, de, fr or es.")]
    public string Language { get; init; } = "en";

    /// <summary>The organization that records: name and address. Must be configured.</summary>
    public string Controller { get; init; } = "";

    /// <summary>Whom to ask, e.g. the data protection officer's address. Must be configured.</summary>
    public string Contact { get; init; } = "";

    /// <summary>Where to complain. Must be configured.</summary>
    public string ComplaintAuthority { get; init; } = "";

    /// <summary>Like the words below it: default, what SecureRecorder says in that language.</summary>
    public string? What { get; init; }

    /// <summary>Said beside <see cref="What"/> where chat becomes part of the recording.</summary>
    public string? WhatChat { get; init; }

    public string? Purpose { get; init; }
    public string? LegalBasis { get; init; }
    public string? WhoMayWatch { get; init; }
    public string? Risks { get; init; }
    public string? Declining { get; init; }
    public string? Rights { get; init; }

    /// <summary>Days that the first retention policy keeps a recording, until an org admin saves another version: 1 to 3650, default 90.</summary>
    [Range(1, 3650, ErrorMessage = "Notice:RetentionDays must be {1} to {2}.")]
    public int RetentionDays { get; init; } = 90;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Key, string? Value)[] fields =
        [
            (nameof(Controller), Controller), (nameof(Contact), Contact), (nameof(ComplaintAuthority), ComplaintAuthority), (nameof(What), What), (nameof(WhatChat), WhatChat),
            (nameof(Purpose), Purpose), (nameof(LegalBasis), LegalBasis), (nameof(WhoMayWatch), WhoMayWatch), (nameof(Risks), Risks),
            (nameof(Declining), Declining), (nameof(Rights), Rights),
        ];
        foreach (var (key, value) in fields)
        {
            if (value is null) { continue; } // the default words

            if (string.IsNullOrWhiteSpace(value))
            {
                yield return new($"Notice:{key} is empty. A notice with an empty field is not shown to anybody: set {Section}__{key} in the environment, or Notice:{key} in appsettings.json.", [key]);
            }
            else if (value.Length > NoticeWords.Longest || value.Any(char.IsControl))
            {
                yield return new($"Notice:{key} has {value.Length} characters; it may have {NoticeWords.Longest}, on one line.", [key]);
            }
        }
    }

    /// <summary>Whether the operator wrote words of their own.</summary>
    internal bool HasOwnWords => ((string?[])[What, WhatChat, Purpose, LegalBasis, WhoMayWatch, Risks, Declining, Rights]).Any(word => word is not null);

    /// <summary>The words of the first version in a language.</summary>
    internal NoticeWords WordsIn(ParticipantLanguage language)
    {
        var words = language.Defaults with { Controller = Controller, Contact = Contact, ComplaintAuthority = ComplaintAuthority };
        return language.Tag != Language ? words : words with
        {
            What = What ?? words.What,
            WhatChat = WhatChat ?? words.WhatChat,
            Purpose = Purpose ?? words.Purpose,
            LegalBasis = LegalBasis ?? words.LegalBasis,
            WhoMayWatch = WhoMayWatch ?? words.WhoMayWatch,
            Risks = Risks ?? words.Risks,
            Declining = Declining ?? words.Declining,
            Rights = Rights ?? words.Rights,
        };
    }
}

[OptionsValidator]
internal sealed partial class NoticeOptionsValidator : IValidateOptions<NoticeOptions>;
