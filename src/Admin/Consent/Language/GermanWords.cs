namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The recorded person's pages in German.</summary>
internal static class GermanWords
{
    public static ParticipantWords Pages { get; } = new()
    {
        SkipToContent = "Zum Inhalt springen",
        LanguageLabel = "Sprache",
        Join = new()
        {
            Heading = "Geben Sie Ihren Code ein",
            Hint = "Ihr Support liest ihn Ihnen vor. Danach zeigt Ihnen diese Seite, wer Ihre Support-Sitzung aufzeichnen möchte und wozu. Erst dann entscheiden Sie; durch die Eingabe wird nichts aufgezeichnet.",
            Code = "Code",
            Continue = "Weiter",
            NoAccount = "Sie brauchen weder ein Konto noch einen Namen.",
            Refused = "Dieser Code ist nicht gültig. Er ist falsch, schon benutzt oder abgelaufen. Bitten Sie den Support um einen neuen.",
            SameBrowser = "Dieses Gerät ist schon in der Sitzung. Alle Beteiligten geben ihren eigenen Code auf ihrem eigenen Gerät ein.",
        },
        Decision = new()
        {
            PageTitle = "Darf diese Sitzung aufgezeichnet werden?",
            More = "Wenn Sie ablehnen, Ihre Rechte, Kontakt",
            Allow = "Erlauben",
            Decline = "Ablehnen",
            SilenceBefore = "Keine Wahl bis ",
            SilenceAfter = " gilt als Ablehnung, ohne Nachteile für Sie.",
            NeedMoreTime = "Ich brauche mehr Zeit",
            NoScript = "Ihre Einwilligung wird auf diesem Gerät signiert; dafür ist JavaScript nötig. Ohne JavaScript können Sie ablehnen; der Support geht dann ohne Aufzeichnung weiter.",
        },
        Problems = new()
        {
            Insecure = "Diese Seite wurde nicht sicher (https) geladen, deshalb kann auf diesem Gerät nichts signiert werden. Sagen Sie es bitte dem Support.",
            NoticeChanged = "Der Hinweis auf dieser Seite ist nicht der, den der Server speichern würde. Es wurde nichts signiert. Laden Sie die Seite neu und lesen Sie ihn.",
            Unavailable = "Zurzeit kann nichts aufgezeichnet werden: Der Server oder sein Speicher antwortet nicht oder ist nicht sicher. Sie wurden nicht aufgezeichnet. Versuchen Sie es noch einmal, oder sagen Sie es dem Support.",
            NoSession = "Diese Seite gehört zu keiner Sitzung mehr. Bitten Sie den Support um einen neuen Code.",
            TooLate = "Die Zeit für die Entscheidung ist abgelaufen. Sie wurden nicht aufgezeichnet. Bitten Sie den Support um einen neuen Code.",
            AlreadyDecided = "Für diese Sitzung ist schon entschieden. Laden Sie die Seite neu.",
            ReceiptRefused = "Der Server nimmt den Beleg nicht an, den diese Seite signiert hat. Sie wurden nicht aufgezeichnet. Laden Sie die Seite neu, oder sagen Sie es dem Support.",
            ClockIsWrong = (away, limit) => $"Die Uhr dieses Geräts weicht um {away:0} Minuten von der des Servers ab; höchstens {limit:0} sind erlaubt. Stellen Sie sie richtig und versuchen Sie es noch einmal.",
        },
        Closed = new()
        {
            DeclinedHeading = "Sie haben abgelehnt",
            ClosedHeading = "Diese Sitzung ist geschlossen",
            NothingRecorded = "Es wurde nichts aufgezeichnet.",
            Declined = "Ihr Support geht ohne Aufzeichnung weiter. Sie können diese Seite schließen.",
            Expired = "Es gab rechtzeitig keine Entscheidung; das gilt als Ablehnung. Ihr Support geht ohne Aufzeichnung weiter.",
            EnterAnotherCode = "Einen anderen Code eingeben",
            NotRecorded = "Sie wurden nicht aufgezeichnet.",
            StaysPaused = "Die Aufzeichnung dieser Sitzung bleibt pausiert, solange Sie dabei sind. Wenn Sie gehen, darf sie ohne Sie weitergehen.",
            LeftHeading = "Sie haben die Sitzung verlassen",
            Left = "Sie wurden nicht aufgezeichnet. Die Aufzeichnung darf ohne Sie weitergehen.",
        },
        Live = GermanLive.Page,
        Errors = GermanErrors.Words,
        Receipt = GermanReceipt.Words,
        Keeping = KeepingWords.German,
    };
}
