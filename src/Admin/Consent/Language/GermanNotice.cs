using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The notice in German.</summary>
internal static class GermanNotice
{
    private static readonly string[] Months =
        ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];

    public static NoticeFrame Frame { get; } = new()
    {
        Title = "Darf diese Support-Sitzung aufgezeichnet werden?",
        Asks = technician => $"{technician} vom Support fragt Sie. Ohne Ihr Ja wird nichts aufgezeichnet.",
        GuardianDecides = "Sie werden als sorgeberechtigte Person gefragt: Sie entscheiden für die minderjährige Person, die aufgezeichnet werden soll, und mit ihr.",
        GuardianToo = "Wenn Sie minderjährig sind, wird auch eine sorgeberechtigte Person gefragt, mit einem eigenen Code. Es wird nichts aufgezeichnet, bevor Sie beide es erlauben.",
        Who = "Wer aufzeichnet",
        What = "Was",
        Why = "Wozu",
        Until = "Bis wann",
        KeptUntil = date => $"Bis {date}. Danach wird die Aufzeichnung gelöscht.",
        WhoMayWatch = "Wer sie ansehen darf",
        OnlyFor = purposes => $"Nur hierfür: {purposes}.",
        Where = "Wo",
        KeptIn = region => $"Verschlüsselt, im eigenen Speicher der Organisation, Region {region}.",
        Risks = "Bitte beachten",
        Declining = "Wenn Sie ablehnen",
        LegalBasis = "Rechtsgrundlage",
        Rights = "Ihre Rechte",
        Contact = contact => $"Kontakt: {contact}",
        Complain = authority => $"Beschweren können Sie sich bei: {authority}",
        SpecialCategories = "Besonders geschützte Angaben",
        WithoutTheTick = "Sie können dieses Kästchen leer lassen und die Aufzeichnung trotzdem erlauben. Zeigen Sie solche Inhalte dann nicht auf dem Bildschirm, oder pausieren Sie die Aufzeichnung vorher.",
        Date = (day, month, year) => $"{day}. {Months[month - 1]} {year}",
    };

    public static NoticeWords Defaults { get; } = new()
    {
        Controller = "",
        Contact = "",
        ComplaintAuthority = "",
        What = "Was Sie von Ihrem Bildschirm freigeben. Kein Ton, keine Kamera, keine Tastatureingaben.",
        WhatChat = "Und Ihr Chat währenddessen; Kartennummern, Passwörter und Ähnliches werden vorher entfernt.",
        Purpose = "Um den Support zu dokumentieren, Fragen dazu zu klären und ihn zu verbessern.",
        LegalBasis = "Ihre Einwilligung (Artikel 6 Absatz 1 Buchstabe a DSGVO).",
        WhoMayWatch = "Ihr Support sowie die Zuständigen für Qualität, Beschwerden und Sicherheit. Jedes Ansehen braucht einen Zweck und wird protokolliert.",
        Risks = "Alles auf Ihrem Bildschirm kann aufgezeichnet werden: Schließen Sie Privates und geben Sie keine Passwörter ein.",
        Declining = "Eine Ablehnung hat für Sie keine Nachteile: Der Support geht ohne Aufzeichnung weiter. Wenn Sie zustimmen, können Sie die Aufzeichnung jederzeit pausieren oder beenden.",
        Purposes = "Qualitätssicherung\nBeschwerde oder Streitfall\nSicherheitsvorfall\nSchulung von Beschäftigten",
        Rights = "Sie können Ihre Einwilligung jederzeit widerrufen; was bis dahin geschah, bleibt rechtmäßig. Sie können eine Kopie der Aufzeichnung, ihre Berichtigung, die Einschränkung der Verarbeitung oder ihre Löschung verlangen.",
        SpecialCategories = "Ich willige ausdrücklich ein, dass Angaben über meine Gesundheit, meine Gewerkschaftszugehörigkeit oder meine religiösen oder weltanschaulichen Überzeugungen aufgezeichnet werden, wenn sie auf meinem Bildschirm zu sehen sind.",
    };
}
