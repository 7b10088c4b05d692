namespace SecureRecorder.Admin.Consent.Language;

/// <summary>Error pages in Spanish.</summary>
internal static class SpanishErrors
{
    public static ErrorWords Words { get; } = new()
    {
        Back = "Volver al inicio",
        NotUnderstood = new("No se entiende la solicitud.", "Vuelva atrás, cargue la página de nuevo y repítala."),
        NoSession = new("Esta página no pertenece a ninguna sesión.", "Introduzca el código que le da el técnico."),
        NotAllowed = new("No puede hacer esto.", "Pídaselo a alguien que pueda."),
        NoSuchPage = new("Esta página no existe.", "Compruebe la dirección."),
        TooLarge = new("La solicitud es demasiado grande.", "Envíe menos de una vez."),
        TooManyTries = new("Demasiados intentos.", "Espere {0} segundos e inténtelo de nuevo."),
        Failed = new("Se ha producido un error en el servidor.", "Inténtelo de nuevo dentro de un momento. El operador encuentra el motivo en el registro del servidor."),
        Unavailable = new("El servidor no puede hacerlo ahora.", "No se ha perdido nada de lo guardado. Inténtelo de nuevo dentro de un momento."),
        Changed = new("La sesión acaba de cambiar.", "Mírela de nuevo y repita lo que quería hacer."),
        OnlyForTheRecordedPerson = new(
            "Los códigos son para la persona que va a ser grabada.",
            "Este navegador ha iniciado sesión con una cuenta: nadie consiente por otra persona. Use el dispositivo de la persona o cierre antes la sesión."),
        NoReceipt = new("No hay ningún recibo.", "Usted no ha permitido ninguna grabación."),
        ReceiptIsErased = new("El recibo ya no está.", "Se borró con la grabación. Si lo descargó antes, sigue demostrando lo que permitió."),
        WrongReceiptLink = new("Este enlace al recibo no funciona.", "No está completo, o aquello a lo que llevaba se ha borrado. Copie toda la dirección de su recibo."),
    };
}
