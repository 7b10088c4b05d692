using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The page of a receipt, in one language. A language without one of the words does not compile.</summary>
public sealed record ReceiptWords
{
    public required string Heading { get; init; }

    /// <summary>Leads here from the live page.</summary>
    public required string Link { get; init; }

    public required RecordingStates States { get; init; }

    public required string Stored { get; init; }
    public required string NothingAnyMore { get; init; }
    public required string KeptUntil { get; init; }

    /// <summary>A legal hold keeps it.</summary>
    public required string Held { get; init; }

    /// <summary>A legal hold came when its deletion had begun.</summary>
    public required string PurgeHeld { get; init; }

    /// <summary>The bucket's Object Lock keeps a part of it until that day.</summary>
    public required Func<string, string> PurgeLocked { get; init; }

    /// <summary>The same where nobody knows until when.</summary>
    public required string PurgeLockedOpen { get; init; }

    /// <summary>Of a track that went before its session, on that day.</summary>
    public required Func<string, string> DeletedOn { get; init; }

    public required string Where { get; init; }

    /// <summary>Of the region.</summary>
    public required Func<string, string> Encrypted { get; init; }

    public required string Technician { get; init; }
    public required string Session { get; init; }
    public required string Note { get; init; }
    public required string Part { get; init; }
    public required string Length { get; init; }
    public required string Size { get; init; }
    public required string Video { get; init; }
    public required string Thumbnails { get; init; }
    public required string Chat { get; init; }
    public required string Events { get; init; }
    public required string Consent { get; init; }

    public required string Watched { get; init; }
    public required string NobodyWatched { get; init; }

    /// <summary>After the name of somebody for whom a copy was exported.</summary>
    public required string MadeCopy { get; init; }
    public required string Purpose { get; init; }

    public required string Agreed { get; init; }
    public required string YouAllowed { get; init; }
    public required string YouWithdrew { get; init; }
    public required string For { get; init; }
    public required string Screen { get; init; }
    public required string ScreenAndChat { get; init; }
    public required string Notice { get; init; }

    /// <summary>Of the notice's name, version and language.</summary>
    public required string VersionWord { get; init; }

    public required string ServerKey { get; init; }
    public required string NoticeAsRead { get; init; }
    public required string Download { get; init; }
    public required string SignedIsErased { get; init; }
    public required string SignedIsUnreadable { get; init; }

    public required RequestWords Requests { get; init; }
    public required string KeepTheLink { get; init; }

    /// <summary>A track in the recorded person's words.</summary>
    public string Track(string name) => name switch
    {
        "video" => Video,
        "thumbnails" => Thumbnails,
        "chat" => Chat,
        "events" => Events,
        "consent" => Consent,
        _ => name,
    };
}

/// <summary>Where a recording stands, for the recorded person.</summary>
public sealed record RecordingStates
{
    public required StateWord Ready { get; init; }
    public required StateWord Recording { get; init; }
    public required StateWord Paused { get; init; }
    public required StateWord Ending { get; init; }
    public required StateWord Recorded { get; init; }
    public required StateWord Partial { get; init; }
    public required StateWord Failed { get; init; }
    public required StateWord Lost { get; init; }
    public required StateWord Purging { get; init; }
    public required StateWord Purged { get; init; }

    /// <param name="state">One after a consent.</param>
    public StateWord Of(SessionState state) => state switch
    {
        SessionState.Recording => Recording,
        SessionState.Paused => Paused,
        SessionState.Ending => Ending,
        SessionState.Recorded => Recorded,
        SessionState.Partial => Partial,
        SessionState.Failed => Failed,
        SessionState.Lost => Lost,
        SessionState.Purging => Purging,
        SessionState.Purged => Purged,
        _ => Ready,
    };
}

/// <summary>A state, and what it means.</summary>
public sealed record StateWord(string Name, string Meaning);

/// <summary>What a recorded person can ask for.</summary>
public sealed record RequestWords
{
    public required string Heading { get; init; }
    public required StateWord Copy { get; init; }
    public required StateWord Erasure { get; init; }
    public required StateWord NotMe { get; init; }
    public required string Text { get; init; }
    public required string Contact { get; init; }
    public required string Optional { get; init; }
    public required string AnswerAppearsHere { get; init; }
    public required string Send { get; init; }
    public required string Made { get; init; }

    /// <summary>Of the day.</summary>
    public required Func<string, string> AnsweredOn { get; init; }

    /// <summary>Of the day by which it is due.</summary>
    public required Func<string, string> Waiting { get; init; }

    public required string ChooseOne { get; init; }

    /// <summary>Of the characters that it has and may have.</summary>
    public required Func<double, double, string> TextTooLong { get; init; }

    /// <summary>Of the characters that it has and may have.</summary>
    public required Func<double, double, string> ContactTooLong { get; init; }

    /// <summary>Of the requests that may be open.</summary>
    public required Func<string, string> TooMany { get; init; }

    public StateWord Of(RequestKind kind) => kind switch
    {
        RequestKind.Copy => Copy,
        RequestKind.Erasure => Erasure,
        _ => NotMe,
    };
}
