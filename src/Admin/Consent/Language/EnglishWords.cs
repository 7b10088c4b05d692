namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The recorded person's pages in English.</summary>
internal static class EnglishWords
{
    public static ParticipantWords Pages { get; } = new()
    {
        SkipToContent = "Skip to the content",
        LanguageLabel = "Language",
        Join = new()
        {
            Heading = "Enter your code",
            Hint = "Your technician reads it to you. With it this page shows you who wants to record your support session, and why. You decide then; nothing is recorded by entering it.",
            Code = "Code",
            Continue = "Continue",
            NoAccount = "You need no account and no name.",
            Refused = "This code is not valid. It is wrong, already used, or expired. Ask the technician for a new one.",
            SameBrowser = "This device is in the session already. Everybody who takes part enters their own code on their own device.",
        },
        Decision = new()
        {
            PageTitle = "May this session be recorded?",
            More = "If you decline, your rights, contact",
            Allow = "Allow",
            Decline = "Decline",
            SilenceBefore = "No choice until ",
            SilenceAfter = " counts as declining, which costs you nothing.",
            NeedMoreTime = "I need more time",
            NoScript = "Your consent is signed on this device, which needs JavaScript. Without it you can decline; the support goes on unrecorded.",
        },
        Problems = new()
        {
            Insecure = "This page is not loaded securely (https), so nothing can be signed on this device. Tell your technician.",
            NoticeChanged = "The notice on this page is not the one that the server would store. Nothing was signed. Load the page again and read it.",
            Unavailable = "Nothing can be recorded now: the server or its storage does not answer, or is not safe. You were not recorded. Try again, or tell your technician.",
            NoSession = "This page belongs to no session any more. Ask your technician for a new code.",
            TooLate = "The time to decide is over. You were not recorded. Ask your technician for a new code.",
            AlreadyDecided = "This session has its decision already. Load the page again.",
            ReceiptRefused = "The server does not accept the receipt that this page signed. You were not recorded. Load the page again, or tell your technician.",
            ClockIsWrong = (away, limit) => $"The clock of this device is {away:0} minutes away from the server’s; at most {limit:0} are accepted. Set it right and try again.",
        },
        Closed = new()
        {
            DeclinedHeading = "You declined",
            ClosedHeading = "This session is closed",
            NothingRecorded = "Nothing was recorded.",
            Declined = "Your support goes on, unrecorded. You can close this page.",
            Expired = "There was no decision in time, which counts as a decline. Your support goes on, unrecorded.",
            EnterAnotherCode = "Enter another code",
            NotRecorded = "You were not recorded.",
            StaysPaused = "The recording of this session stays paused as long as you are in it. If you leave, it may go on without you.",
            LeftHeading = "You left the session",
            Left = "You were not recorded. The recording may go on without you.",
        },
        Live = EnglishLive.Page,
        Errors = EnglishErrors.Words,
        Receipt = EnglishReceipt.Words,
        Keeping = KeepingWords.English,
    };
}
