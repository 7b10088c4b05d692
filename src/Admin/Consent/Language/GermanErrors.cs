namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Error pages in German.</summary>
internal static class GermanErrors
{
    public static ErrorWords Words { get; } = new()
    {
        Back = "Zurück zum Anfang",
        NotUnderstood = new("Die Anfrage wurde nicht verstanden.", "Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal."),
        NoSession = new("Diese Seite gehört zu keiner Sitzung.", "Geben Sie den Code ein, den die Technikerin oder der Techniker Ihnen nennt."),
        NotAllowed = new("Das dürfen Sie nicht.", "Bitten Sie jemanden darum, der es darf."),
        NoSuchPage = new("Diese Seite gibt es nicht.", "Prüfen Sie die Adresse."),
        TooLarge = new("Die Anfrage ist zu groß.", "Senden Sie weniger auf einmal."),
        TooManyTries = new("Zu viele Versuche.", "Warten Sie {0} Sekunden und versuchen Sie es noch einmal."),
        Failed = new("Auf dem Server ist ein Fehler aufgetreten.", "Versuchen Sie es gleich noch einmal. Der Betreiber findet den Grund im Protokoll des Servers."),
        Unavailable = new("Der Server kann das gerade nicht.", "Was gespeichert wurde, ist nicht verloren. Versuchen Sie es gleich noch einmal."),
        Changed = new("Die Sitzung hat sich gerade geändert.", "Sehen Sie sie noch einmal an und wiederholen Sie, was Sie wollten."),
        OnlyForTheRecordedPerson = new(
            "Codes sind für die Person, die aufgezeichnet werden soll.",
            "Dieser Browser ist mit einem Konto angemeldet: Niemand willigt für jemand anderen ein. Verwenden Sie das eigene Gerät der Person, oder melden Sie sich zuerst ab."),
        NoReceipt = new("Es gibt keine Bestätigung.", "Sie haben keine Aufzeichnung erlaubt."),
        ReceiptIsErased = new("Die Bestätigung ist nicht mehr da.", "Sie wurde mit der Aufzeichnung gelöscht. Haben Sie sie vorher heruntergeladen, belegt sie weiterhin, was Sie erlaubt haben."),
        WrongReceiptLink = new("Dieser Link zur Bestätigung funktioniert nicht.", "Er ist nicht vollständig, oder das, wohin er führte, ist gelöscht. Kopieren Sie die ganze Adresse aus Ihrer Bestätigung."),
    };
}
