namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Everything that the recorded person's pages say in one language, beside the notice itself. A language without one of the words does not compile.</summary>
public sealed record ParticipantWords
{
    /// <summary>For who uses the page with a keyboard or a screen reader.</summary>
    public required string SkipToContent { get; init; }

    public required string LanguageLabel { get; init; }
    public required JoinWords Join { get; init; }
    public required DecisionWords Decision { get; init; }
    public required ConsentProblems Problems { get; init; }
    public required ClosedWords Closed { get; init; }
    public required LiveWords Live { get; init; }
    public required ErrorWords Errors { get; init; }
    public required ReceiptWords Receipt { get; init; }
    public required KeepingWords Keeping { get; init; }
}

/// <summary>The page on which the code is entered.</summary>
public sealed record JoinWords
{
    public required string Heading { get; init; }
    public required string Hint { get; init; }
    public required string Code { get; init; }
    public required string Continue { get; init; }
    public required string NoAccount { get; init; }

    /// <summary>The one answer to every code that does not work.</summary>
    public required string Refused { get; init; }

    /// <summary>Somebody who is in the session already has entered another code of it in the same browser.</summary>
    public required string SameBrowser { get; init; }
}

/// <summary>What stands around the notice.</summary>
public sealed record DecisionWords
{
    public required string PageTitle { get; init; }

    /// <summary>Opens the part of the notice that is one tap away.</summary>
    public required string More { get; init; }

    public required string Allow { get; init; }
    public required string Decline { get; init; }

    /// <summary>Before the time at which silence becomes a decline.</summary>
    public required string SilenceBefore { get; init; }

    /// <summary>After that time.</summary>
    public required string SilenceAfter { get; init; }

    public required string NeedMoreTime { get; init; }
    public required string NoScript { get; init; }
}

/// <summary>What can go wrong when the person allows the recording.</summary>
public sealed record ConsentProblems
{
    /// <summary>The page came without TLS, so that the browser signs nothing.</summary>
    public required string Insecure { get; init; }

    /// <summary>What the page shows is not what the receipt would be over.</summary>
    public required string NoticeChanged { get; init; }

    /// <summary>Server or storage location cannot take a consent now.</summary>
    public required string Unavailable { get; init; }

    /// <summary>The cookie is gone.</summary>
    public required string NoSession { get; init; }

    public required string TooLate { get; init; }
    public required string AlreadyDecided { get; init; }
    public required string ReceiptRefused { get; init; }

    /// <summary>The device's clock is wrong: how many minutes, how many may be.</summary>
    public required Func<double, double, string> ClockIsWrong { get; init; }
}

/// <summary>The page after a decline, spoken or silent.</summary>
public sealed record ClosedWords
{
    public required string DeclinedHeading { get; init; }
    public required string ClosedHeading { get; init; }
    public required string NothingRecorded { get; init; }
    public required string Declined { get; init; }
    public required string Expired { get; init; }
    public required string EnterAnotherCode { get; init; }

    /// <summary>Of who joined a session that others allow.</summary>
    public required string NotRecorded { get; init; }

    /// <summary>What it means for the others as long as this person stays.</summary>
    public required string StaysPaused { get; init; }

    public required string LeftHeading { get; init; }
    public required string Left { get; init; }
}
