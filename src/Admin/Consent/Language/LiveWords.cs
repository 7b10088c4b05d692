namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The page that the person has open while they are recorded, and afterwards.</summary>
public sealed record LiveWords
{
    public required string WaitingTitle { get; init; }
    public required string WaitingForRecorder { get; init; }
    public required string RecorderIsAway { get; init; }
    public required StatusWords Recording { get; init; }

    /// <summary>The recorder cannot be heard.</summary>
    public required StatusWords Unsure { get; init; }

    public required StatusWords PausedByYou { get; init; }
    public required StatusWords PausedByTechnician { get; init; }
    /// <summary>Somebody in the session has not allowed it, or is a minor whose guardian has not.</summary>
    public required StatusWords AwaitingOthers { get; init; }

    public required StatusWords PausedByOther { get; init; }
    public required StatusWords PausedLost { get; init; }

    /// <summary>Of several pages at least one cannot be heard.</summary>
    public required StatusWords PausedLostElsewhere { get; init; }

    /// <summary>This participant left; the others go on.</summary>
    public required StatusWords Left { get; init; }
    public required StatusWords Ended { get; init; }
    public required StatusWords Withdrawn { get; init; }

    /// <summary>The keys are destroyed; the proof follows.</summary>
    public required StatusWords Erasing { get; init; }

    public required StatusWords Erased { get; init; }

    /// <summary>They asked to have it erased, and a legal hold forbids it.</summary>
    public required StatusWords EraseHeld { get; init; }

    /// <summary>A legal hold came when the erasing had begun.</summary>
    public required StatusWords ErasingHeld { get; init; }

    public required string Recorded { get; init; }
    public required string Partial { get; init; }
    public required string Failed { get; init; }
    public required string Lost { get; init; }
    public required string NothingRecorded { get; init; }
    public required string OverDetail { get; init; }

    /// <summary>The page does not hear the server.</summary>
    public required StatusWords Unheard { get; init; }

    /// <summary>The person pressed it, and the server has not heard it yet.</summary>
    public required StatusWords PausedUnheard { get; init; }

    public required StatusWords EndedUnheard { get; init; }
    public required StatusWords WithdrawnUnheard { get; init; }

    /// <summary>Something else was pressed, and the server did not hear it.</summary>
    public required string NotDone { get; init; }

    /// <summary>Opens the indicator in a small window on top of all others.</summary>
    public required string OnTop { get; init; }

    public required string Pause { get; init; }
    public required string Resume { get; init; }
    public required string End { get; init; }

    /// <summary>The button of who goes while the others go on.</summary>
    public required string Leave { get; init; }

    public required string Withdraw { get; init; }
    public required string Erase { get; init; }
    public required string EraseHeading { get; init; }

    /// <summary>What happens without it (until that date), and what it does.</summary>
    public required Func<string, string> EraseText { get; init; }

    public required string About { get; init; }
    public required string Stored { get; init; }
    public required string StoredNothing { get; init; }
    public required string StoredNothingAnyMore { get; init; }

    /// <summary>So long a recording of the screen.</summary>
    public required Func<string, string> StoredScreen { get; init; }

    public required string KeptUntil { get; init; }
    public required Func<string, string> ThenDeleted { get; init; }
    public required string NotKept { get; init; }

    /// <summary>After <see cref="KeptUntil"/>, instead of a date, where a legal hold keeps it beyond that.</summary>
    public required string KeptByHold { get; init; }
    public required string Region { get; init; }
    public required string YouAllowed { get; init; }
    public required string Download { get; init; }
    public required string DownloadHint { get; init; }
    public required string ReceiptErased { get; init; }
    public required string KeepOpen { get; init; }
    public required string NoScript { get; init; }
    public required ChatWords Chat { get; init; }
}

/// <summary>One short sentence, and what it means for the person.</summary>
public sealed record StatusWords(string Title, string Detail);

/// <summary>One side of the chat.</summary>
public sealed record ChatWords
{
    public required string Heading { get; init; }
    public required string Recorded { get; init; }
    public required string ForgottenAfterwards { get; init; }
    public required string NotKept { get; init; }
    public required string Messages { get; init; }
    public required string YourMessage { get; init; }
    public required string Placeholder { get; init; }
    public required string Send { get; init; }
    public required string You { get; init; }

    /// <summary>The one on the other side: the technician, and on the technician's page the first participant.</summary>
    public required string Other { get; init; }

    /// <summary>A participant; from the second on a number follows.</summary>
    public required string Person { get; init; }

    /// <summary>Who decides beside a minor.</summary>
    public required string Guardian { get; init; }

    /// <summary>Before the names of what was removed.</summary>
    public required string Removed { get; init; }

    public required string NotSent { get; init; }

    /// <summary>The technician's side.</summary>
    public static ChatWords Technician { get; } = EnglishLive.Page.Chat with { Placeholder = "Write to the person" };
}
