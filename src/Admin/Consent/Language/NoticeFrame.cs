namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Headings and sentences of every notice in one language, around the organization's own words.</summary>
/// <remarks>What was published renders for ever: these words are part of digests in receipts, and a test pins them. Different words are another frame beside this one.</remarks>
public sealed record NoticeFrame
{
    public required string Title { get; init; }

    /// <summary>Of the technician's name.</summary>
    public required Func<string, string> Asks { get; init; }

    /// <summary>To the guardian of a minor.</summary>
    public required string GuardianDecides { get; init; }

    /// <summary>To the minor.</summary>
    public required string GuardianToo { get; init; }

    public required string Who { get; init; }

    public required string What { get; init; }
    public required string Why { get; init; }
    public required string Until { get; init; }

    /// <summary>Of the date.</summary>
    public required Func<string, string> KeptUntil { get; init; }

    public required string WhoMayWatch { get; init; }

    /// <summary>Of the purposes, in a row.</summary>
    public required Func<string, string> OnlyFor { get; init; }

    public required string Where { get; init; }

    /// <summary>Of the region.</summary>
    public required Func<string, string> KeptIn { get; init; }

    public required string Risks { get; init; }
    public required string Declining { get; init; }
    public required string LegalBasis { get; init; }
    public required string Rights { get; init; }

    /// <summary>Of the contact.</summary>
    public required Func<string, string> Contact { get; init; }

    /// <summary>Of the authority.</summary>
    public required Func<string, string> Complain { get; init; }

    public required string SpecialCategories { get; init; }

    /// <summary>What follows when the box is left empty: it may be, and then such content stays off the screen.</summary>
    public required string WithoutTheTick { get; init; }

    /// <summary>Of day, month (1 to 12) and year.</summary>
    public required Func<int, int, int, string> Date { get; init; }
}
