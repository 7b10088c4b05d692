namespace SecureRecorder.Admin.Consent.Language;

/// <summary>How long each part of a recording is kept, where that is not one date for all of it. The notice says it with these words: they are part of digests in receipts, like <see cref="NoticeFrame"/>.</summary>
public sealed record KeepingWords
{
    /// <summary>Stands before the lines on pages.</summary>
    public required string Kept { get; init; }

    public required string Screen { get; init; }
    public required string Chat { get; init; }
    public required string Events { get; init; }

    /// <summary>Of a part and how long it is kept.</summary>
    public required Func<string, string, string> Line { get; init; }

    /// <summary>Of the date.</summary>
    public required Func<string, string> Until { get; init; }

    public required string WithTheSession { get; init; }

    /// <summary>Of the organization's reason, and of the day on which it is looked at again.</summary>
    public required Func<string, string, string> WithoutDate { get; init; }

    /// <summary>What becomes of the consent track.</summary>
    public required string Consent { get; init; }

    /// <summary>In place of <see cref="LiveWords.EraseText"/> where there is no date.</summary>
    public required string EraseText { get; init; }

    public static KeepingWords English { get; } = new()
    {
        Kept = "Kept",
        Screen = "Your screen",
        Chat = "Your chat",
        Events = "When it was paused and resumed",
        Line = (part, time) => $"{part}: {time}",
        Until = date => $"until {date}, then deleted",
        WithTheSession = "until this session ends, then deleted",
        WithoutDate = (reason, day) => $"without a fixed date ({reason}); whether it is still needed is looked at on {day}",
        Consent = "What shows your consent is kept as long as the longest of these.",
        EraseText = "If you do nothing, what is stored is kept without a fixed date. Erasing takes your consent back: the keys are destroyed at once, then every part of it, also your receipt in the organization's storage. It cannot be undone.",
    };

    public static KeepingWords German { get; } = new()
    {
        Kept = "Aufbewahrt",
        Screen = "Ihr Bildschirm",
        Chat = "Ihr Chat",
        Events = "Wann angehalten und fortgesetzt wurde",
        Line = (part, time) => $"{part}: {time}",
        Until = date => $"bis {date}, dann gelöscht",
        WithTheSession = "bis diese Sitzung endet, dann gelöscht",
        WithoutDate = (reason, day) => $"ohne festes Datum ({reason}); ob es noch gebraucht wird, wird am {day} geprüft",
        Consent = "Der Nachweis Ihrer Einwilligung bleibt so lange wie das, was davon am längsten bleibt.",
        EraseText = "Wenn Sie nichts tun, bleibt das Gespeicherte ohne festes Datum. Löschen nimmt Ihre Einwilligung zurück: Die Schlüssel werden sofort vernichtet, danach jeder Teil davon, auch Ihr Beleg im Speicher der Organisation. Das lässt sich nicht rückgängig machen.",
    };

    public static KeepingWords French { get; } = new()
    {
        Kept = "Conservation",
        Screen = "Votre écran",
        Chat = "Votre discussion",
        Events = "Quand il a été mis en pause et repris",
        Line = (part, time) => $"{part} : {time}",
        Until = date => $"jusqu’au {date}, effacement ensuite",
        WithTheSession = "jusqu’à la fin de cette session, effacement ensuite",
        WithoutDate = (reason, day) => $"sans date fixe ({reason}) ; on vérifie le {day} si c’est encore nécessaire",
        Consent = "La preuve de votre consentement est conservée aussi longtemps que le plus long de ces délais.",
        EraseText = "Si vous ne faites rien, ce qui est stocké est conservé sans date fixe. L’effacement retire votre consentement : les clés sont détruites aussitôt, puis chaque partie, y compris votre reçu dans le stockage de l’organisation. C’est irréversible.",
    };

    public static KeepingWords Spanish { get; } = new()
    {
        Kept = "Conservación",
        Screen = "Su pantalla",
        Chat = "Su chat",
        Events = "Cuándo se puso en pausa y se reanudó",
        Line = (part, time) => $"{part}: {time}",
        Until = date => $"hasta el {date}, después se borra",
        WithTheSession = "hasta que termine esta sesión, después se borra",
        WithoutDate = (reason, day) => $"sin fecha fija ({reason}); el {day} se revisa si sigue siendo necesario",
        Consent = "La prueba de su consentimiento se conserva tanto tiempo como lo que más dure de esto.",
        EraseText = "Si no hace nada, lo guardado se conserva sin fecha fija. Borrar retira su consentimiento: las claves se destruyen en el acto y después cada parte, también su recibo en el almacenamiento de la organización. No se puede deshacer.",
    };
}
