namespace SecureRecorder.Admin.Consent.Language;

/// <summary>The recorded person's pages in Spanish.</summary>
internal static class SpanishWords
{
    public static ParticipantWords Pages { get; } = new()
    {
        SkipToContent = "Ir al contenido",
        LanguageLabel = "Idioma",
        Join = new()
        {
            Heading = "Introduzca su código",
            Hint = "Se lo dice la persona que le atiende. Después, esta página le muestra quién quiere grabar su sesión de asistencia y para qué. Usted decide entonces; introducir el código no graba nada.",
            Code = "Código",
            Continue = "Continuar",
            NoAccount = "No necesita cuenta ni nombre.",
            Refused = "Este código no es válido. Es incorrecto, ya se ha usado o ha caducado. Pida uno nuevo a la persona que le atiende.",
            SameBrowser = "Este dispositivo ya está en la sesión. Cada participante introduce su propio código en su propio dispositivo.",
        },
        Decision = new()
        {
            PageTitle = "¿Se puede grabar esta sesión?",
            More = "Si la rechaza, sus derechos, contacto",
            Allow = "Permitir",
            Decline = "Rechazar",
            SilenceBefore = "No elegir antes de las ",
            SilenceAfter = " cuenta como rechazo, sin perjuicio para usted.",
            NeedMoreTime = "Necesito más tiempo",
            NoScript = "Su consentimiento se firma en este dispositivo, para lo que hace falta JavaScript. Sin él puede rechazar la grabación; la asistencia continúa sin ella.",
        },
        Problems = new()
        {
            Insecure = "Esta página no se ha cargado de forma segura (https), por lo que no se puede firmar nada en este dispositivo. Dígaselo a la persona que le atiende.",
            NoticeChanged = "La información de esta página no es la que guardaría el servidor. No se ha firmado nada. Vuelva a cargar la página y léala.",
            Unavailable = "Ahora no se puede grabar nada: el servidor o su almacenamiento no responde o no es seguro. No se le ha grabado. Inténtelo de nuevo o dígaselo a la persona que le atiende.",
            NoSession = "Esta página ya no pertenece a ninguna sesión. Pida un código nuevo a la persona que le atiende.",
            TooLate = "El plazo para decidir ha terminado. No se le ha grabado. Pida un código nuevo a la persona que le atiende.",
            AlreadyDecided = "Ya se ha decidido sobre esta sesión. Vuelva a cargar la página.",
            ReceiptRefused = "El servidor no acepta el comprobante que ha firmado esta página. No se le ha grabado. Vuelva a cargar la página o dígaselo a la persona que le atiende.",
            ClockIsWrong = (away, limit) => $"El reloj de este dispositivo difiere {away:0} minutos del servidor; se aceptan {limit:0} como máximo. Póngalo en hora e inténtelo de nuevo.",
        },
        Closed = new()
        {
            DeclinedHeading = "Ha rechazado la grabación",
            ClosedHeading = "Esta sesión está cerrada",
            NothingRecorded = "No se ha grabado nada.",
            Declined = "La asistencia continúa sin grabación. Puede cerrar esta página.",
            Expired = "No hubo decisión a tiempo, lo que se considera un rechazo. La asistencia continúa sin grabación.",
            EnterAnotherCode = "Introducir otro código",
            NotRecorded = "No se le ha grabado.",
            StaysPaused = "La grabación de esta sesión sigue en pausa mientras usted participe. Si se va, puede seguir sin usted.",
            LeftHeading = "Usted ha salido de la sesión",
            Left = "No se le ha grabado. La grabación puede seguir sin usted.",
        },
        Live = SpanishLive.Page,
        Errors = SpanishErrors.Words,
        Receipt = SpanishReceipt.Words,
        Keeping = KeepingWords.Spanish,
    };
}
