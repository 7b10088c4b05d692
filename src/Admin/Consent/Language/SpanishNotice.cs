using SecureRecorder.Storage.Catalogue;

namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The notice in Spanish.</summary>
internal static class SpanishNotice
{
    private static readonly string[] Months =
        ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

    public static NoticeFrame Frame { get; } = new()
    {
        Title = "¿Se puede grabar esta sesión de asistencia?",
        Asks = technician => $"{technician}, de asistencia, se lo pide. No se graba nada sin su permiso.",
        GuardianDecides = "Se le pregunta como representante legal de la persona menor de edad que se va a grabar: usted decide en su lugar, y junto a ella.",
        GuardianToo = "Si usted es menor de edad, también se pregunta a su representante legal, con un código propio. No se graba nada antes de que ambos lo permitan.",
        Who = "Quién graba",
        What = "Qué",
        Why = "Para qué",
        Until = "Hasta cuándo",
        KeptUntil = date => $"Hasta el {date}. Después se elimina la grabación.",
        WhoMayWatch = "Quién puede verla",
        OnlyFor = purposes => $"Solo para: {purposes}.",
        Where = "Dónde",
        KeptIn = region => $"Cifrada, en el almacenamiento propio de la organización, región {region}.",
        Risks = "Atención",
        Declining = "Si la rechaza",
        LegalBasis = "Base jurídica",
        Rights = "Sus derechos",
        Contact = contact => $"Contacto: {contact}",
        Complain = authority => $"Puede presentar una reclamación ante: {authority}",
        SpecialCategories = "Información especialmente protegida",
        WithoutTheTick = "Puede dejar esta casilla vacía y permitir la grabación de todos modos. En ese caso, no muestre esos contenidos en la pantalla o ponga la grabación en pausa antes de que aparezcan.",
        Date = (day, month, year) => $"{day} de {Months[month - 1]} de {year}",
    };

    public static NoticeWords Defaults { get; } = new()
    {
        Controller = "",
        Contact = "",
        ComplaintAuthority = "",
        What = "Lo que usted comparte de su pantalla. Sin sonido, sin cámara y sin pulsaciones de teclas.",
        WhatChat = "También su chat mientras tanto; los números de tarjeta, contraseñas y similares se eliminan antes de que nadie los vea.",
        Purpose = "Para documentar la asistencia, resolver dudas posteriores y mejorarla.",
        LegalBasis = "Su consentimiento (artículo 6, apartado 1, letra a), del RGPD).",
        WhoMayWatch = "Quien le atiende y quienes se encargan de la calidad, las reclamaciones o la seguridad. Cada visionado exige una finalidad y queda registrado.",
        Risks = "Todo lo que aparezca en su pantalla puede grabarse: cierre lo privado y no escriba contraseñas.",
        Declining = "Rechazarla no le cuesta nada: la asistencia continúa sin grabación. Si la permite, puede ponerla en pausa o terminarla en cualquier momento.",
        Purposes = "Control de calidad\nReclamación o litigio\nIncidente de seguridad\nFormación del personal",
        Rights = "Puede retirar su consentimiento en cualquier momento, sin que ello afecte a la licitud de lo anterior. Puede pedir una copia de la grabación, su rectificación, la limitación del tratamiento o su supresión.",
        SpecialCategories = "Acepto expresamente que se grabe información sobre mi salud, mi afiliación sindical o mis convicciones religiosas o filosóficas si aparece en mi pantalla.",
    };
}
